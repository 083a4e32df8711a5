//! A column of an Arrow table, as strings.

use crate::errors::of_arrow;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::borrow::Cow;

/// What a column may hold beside strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Nothing.
    Strings,
    /// Whole numbers.
    Ids,
    /// Dates, with a time or without.
    Dates,
}

/// Strings of a column, or bytes; its memory is that of whoever made the table. They are kept as bytes:
/// what comes from elsewhere is not known to be UTF-8.
#[derive(Debug)]
pub(crate) enum Strings {
    Small(BinaryArray),
    Large(LargeBinaryArray),
    View(BinaryViewArray),
    /// Nothing but nulls.
    None,
}

impl Strings {
    /// The strings of an array whose type was [`check`]ed. Copies nothing but what is no string yet:
    /// numbers, dates, and strings in a dictionary.
    pub(crate) fn of(array: &ArrayRef) -> PyResult<Strings> {
        let strings = match array.data_type() {
            DataType::Binary => Strings::Small(array.as_binary().clone()),
            DataType::LargeBinary => Strings::Large(array.as_binary().clone()),
            DataType::BinaryView => Strings::View(array.as_binary_view().clone()),
            DataType::Utf8 => Strings::Small(array.as_string().clone().into()),
            DataType::LargeUtf8 => Strings::Large(array.as_string().clone().into()),
            DataType::Utf8View => Strings::View(array.as_string_view().clone().to_binary_view()),
            DataType::Null => Strings::None,
            of => {
                let to = if let DataType::Dictionary(_, to) = of { to } else { &DataType::Utf8 };
                checked(array)?;
                return Strings::of(&cast(array, to).map_err(of_arrow)?);
            }
        };
        match &strings {
            Strings::Small(array) => checked(array)?,
            Strings::Large(array) => checked(array)?,
            Strings::View(array) => checked(array)?,
            Strings::None => {}
        }
        Ok(strings)
    }

    /// The bytes of a row, if there are any.
    pub(crate) fn bytes(&self, row: usize) -> Option<&[u8]> {
        // What a null stands over may be no value at all.
        match self {
            Strings::Small(array) => array.is_valid(row).then(|| array.value(row)),
            Strings::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Strings::View(array) => array.is_valid(row).then(|| array.value(row)),
            Strings::None => None,
        }
    }

    /// The string of a row, if there is one; what is not UTF-8 in it is replaced.
    pub(crate) fn get(&self, row: usize) -> Option<Cow<'_, str>> {
        self.bytes(row).map(String::from_utf8_lossy)
    }
}

/// Checks that an array is sound in itself: `arrow` believes whoever made it. Cost: a look at each
/// row's place, and none at the strings.
fn checked(array: &dyn Array) -> PyResult<()> {
    array.to_data().validate_full().map_err(of_arrow)
}

/// Checks that strings can be made of a column of a type.
pub(crate) fn check(name: &str, of: &DataType, holds: Holds) -> PyResult<()> {
    let fits = is_string(of)
        || match holds {
            Holds::Strings => false,
            Holds::Ids => of.is_integer(),
            Holds::Dates => {
                matches!(of, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..))
            }
        };
    if fits {
        return Ok(());
    }
    let wanted = match holds {
        Holds::Strings => "strings",
        Holds::Ids => "strings or whole numbers",
        Holds::Dates => "strings, dates or timestamps",
    };
    Err(PyTypeError::new_err(format!("{name} holds {of}, where {wanted} are wanted")))
}

fn is_string(of: &DataType) -> bool {
    match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => true,
        DataType::Null => true,
        DataType::Dictionary(_, values) => is_string(values),
        _ => false,
    }
}
