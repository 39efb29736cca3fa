//! Cells that a spreadsheet would run as formulas.

use tollgate_records::formula_safe;

#[test]
fn no_cell_is_run_as_a_formula_and_numbers_stay_numbers() {
    for cell in [
        "=2+5",
        "=HYPERLINK(\"http://evil.example\")",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "+7",
        "\n=1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=",
        "-",
    ] {
        assert_eq!(formula_safe(cell).strip_prefix('\''), Some(cell));
    }
    for cell in ["", "PO-1", "a=b", "-12.5", "-0", "1e5", "'=1", " x", "日本 = ok"] {
        assert_eq!(formula_safe(cell), cell);
    }
}
