//! The Python package, and the run on Spark in it.

/// Half of the time goes to starting Spark again and again.
#[test]
#[ignore = "builds a wheel, and needs PyPI and Java 17: .ci/run runs python/tests/run"]
fn the_package_passes_its_tests() {
    let root = env!("CARGO_MANIFEST_DIR");
    let script = std::path::Path::new(root).join("python/tests/run");
    let status = std::process::Command::new(script).status().unwrap();
    assert!(status.success(), "{status}");
}
