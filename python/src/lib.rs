//! Tollgate's kernels as a Python module: a batch of Arrow goes in and one comes out, and nothing of it is copied on the way.

use arrow_array::RecordBatch;
use arrow_pyarrow::PyArrowType;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tollgate_lists::load_screener;
use tollgate_replay::kernels::ReplayKernel;

/// Order lines decided under two policies: first what turns on no count, then the rest in order of date.
#[pyclass(unsendable)]
struct Replay(ReplayKernel);

#[pymethods]
impl Replay {
    /// Reads law and tables; `spec` is JSON: policy, against, parties, ownership, items, lists, threshold, clearances.
    #[new]
    fn new(spec: &str) -> PyResult<Replay> {
        ReplayKernel::new(spec, load_screener).map(Replay).map_err(PyValueError::new_err)
    }

    /// Adds columns to order lines: what each comes to under both policies, where that turns on no count.
    fn settle(&mut self, lines: PyArrowType<RecordBatch>) -> PyResult<PyArrowType<RecordBatch>> {
        self.0.settle(&lines.0).map(PyArrowType).map_err(PyValueError::new_err)
    }

    /// Fills in what is left, of lines that come in order of date.
    fn count(&mut self, lines: PyArrowType<RecordBatch>) -> PyResult<PyArrowType<RecordBatch>> {
        self.0.count(&lines.0).map(PyArrowType).map_err(PyValueError::new_err)
    }
}

/// Tollgate's kernels over batches of Arrow.
#[pymodule]
fn tollgate_kernels(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Replay>()
}
