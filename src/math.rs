//! Logarithm and logistic function with the same bits on every machine.
//!
//! The standard library's `ln` and `exp` come from the platform and may differ in the last bit, and
//! a score that differs in its last bit can part two clusters. These use only `+ - * /`, which
//! IEEE 754 rounds in one way, in a fixed order.

/// Natural logarithm of 2.
const LN_2: f64 = std::f64::consts::LN_2;

/// Natural logarithm of a positive, finite, normal number, within 1e-14 of the true value.
///
/// `x = m 2^e` with `m` in [1, 2), and `ln m = 2 artanh((m - 1) / (m + 1))` by its series; the
/// argument is at most 1/3, so 16 terms leave an error under 3^-33.
#[must_use]
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i64 - 1023;
    let mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    let y = (mantissa - 1.0) / (mantissa + 1.0);
    let square = y * y;
    let mut series = 0.0;
    for term in (0..16).rev() {
        series = series * square + 1.0 / f64::from(2 * term + 1);
    }
    exponent as f64 * LN_2 + 2.0 * y * series
}

/// The logistic function `1 / (1 + e^-x)`, within 1e-14 of the true value.
#[must_use]
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + exp(-x.clamp(-40.0, 40.0)))
}

/// `e^x` for `x` in [-40, 40]: `2^k e^r` with `r` within half of ln 2, by the Taylor series.
fn exp(x: f64) -> f64 {
    let k = (x / LN_2 + if x < 0.0 { -0.5 } else { 0.5 }) as i64;
    let r = x - k as f64 * LN_2;
    let mut series = 1.0;
    for term in (1..16).rev() {
        series = 1.0 + series * r / f64::from(term);
    }
    series * f64::from_bits(((1023 + k) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_platform() {
        for x in [1e-9, 0.1, 0.5, 1.0, 1.5, 2.0, 3.7, 1e6, 1e12] {
            assert!((ln(x) - x.ln()).abs() < 1e-13 * x.ln().abs().max(1.0), "ln {x}");
        }
        for x in [-30.0, -2.5, -0.1, 0.0, 0.3, 1.0, 7.0, 39.0] {
            let expected = 1.0 / (1.0 + f64::exp(-x));
            assert!((logistic(x) - expected).abs() < 1e-14, "logistic {x}");
        }
        assert_eq!(logistic(1e300), logistic(40.0));
    }

    /// Golden values: these bits are part of the promise of equal output.
    #[test]
    fn bits_are_frozen() {
        assert_eq!(ln(10.0).to_bits(), 0x4002_6BB1_BBB5_5515);
        assert_eq!(logistic(1.0).to_bits(), 0x3FE764D4F5D5A2BD);
    }
}
