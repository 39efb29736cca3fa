//! A folder to which checkpoints go, best one where who may write the log may not: `checkpoint` is the latest, `checkpoints/SIZE` are all of them, and
//! `tile/0/…` the leaves of the tree as C2SP `tlog-tiles` lays them out (of its levels this one alone; the others follow from it). `frontier` has the roots
//! of the perfect subtrees over the tiles before the last one, so that a start reads one tile and not all of them.

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tollgate_model::count_of;

use crate::record::Hash;

use super::checkpoint::Checkpoint;
use super::error::AnchorError;
use super::merkle::Frontier;
use super::note::PublicKey;

/// Leaves of a tile that is full.
pub(crate) const TILE: u64 = 256;

/// A folder of checkpoints.
#[derive(Clone, Debug)]
pub struct CheckpointFolder {
    path: PathBuf,
}

/// The path of a tile within `tile/0`: three digits an element, with an `x` before all but the last.
fn tile_path(number: u64) -> PathBuf {
    let last = format!("{:03}", number % 1_000);
    let mut rest = number / 1_000;
    let mut elements = vec![last];
    while rest > 0 {
        elements.push(format!("x{:03}", rest % 1_000));
        rest /= 1_000;
    }
    elements.iter().rev().collect()
}

impl CheckpointFolder {
    /// The folder of a path; nothing is made yet.
    pub fn new(path: &Path) -> CheckpointFolder {
        CheckpointFolder { path: path.to_owned() }
    }

    /// The folder whose latest checkpoint a file is, where it has tiles.
    pub fn around(file: &Path) -> Option<CheckpointFolder> {
        let parent = file.parent()?;
        let folder = if parent.ends_with("checkpoints") { parent.parent()? } else { parent };
        folder.join("tile/0").is_dir().then(|| CheckpointFolder::new(folder))
    }

    /// All checkpoints that are there, from the smallest to the largest; an error where one cannot be read or was not signed by the key.
    pub fn checkpoints(&self, key: &PublicKey) -> Result<Vec<Checkpoint>, AnchorError> {
        let mut all = Vec::new();
        for size in self.sizes()? {
            all.push(self.checkpoint(size, key)?);
        }
        Ok(all)
    }

    /// The largest checkpoint that is there.
    pub fn latest(&self, key: &PublicKey) -> Result<Option<Checkpoint>, AnchorError> {
        self.sizes()?.last().map(|size| self.checkpoint(*size, key)).transpose()
    }

    fn checkpoint(&self, size: u64, key: &PublicKey) -> Result<Checkpoint, AnchorError> {
        let path = self.checkpoint_path(size);
        let checkpoint = Checkpoint::read(&path, key)?;
        if checkpoint.size != size {
            let what = format!("{}: is a checkpoint of {} records", path.display(), checkpoint.size);
            return Err(AnchorError::form(
                what,
                "put the checkpoints back under the names that they were written with",
            ));
        }
        Ok(checkpoint)
    }

    fn checkpoint_path(&self, size: u64) -> PathBuf {
        self.path.join(format!("checkpoints/{size:020}"))
    }

    /// The sizes of the checkpoints that are there, in order.
    fn sizes(&self) -> Result<Vec<u64>, AnchorError> {
        let folder = self.path.join("checkpoints");
        let failed = |error: std::io::Error| AnchorError::file(&folder, &error);
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut sizes = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            // What is written and not yet renamed begins with a dot.
            let text = name.to_string_lossy();
            if !text.starts_with('.') {
                let stray =
                    || AnchorError::form(format!("{}: `{text}` is no checkpoint", folder.display()), "move it away");
                sizes.push(text.parse().map_err(|_| stray())?);
            }
        }
        sizes.sort_unstable();
        Ok(sizes)
    }

    /// The leaves of the first so many records.
    pub fn leaves(&self, size: u64) -> Leaves {
        self.leaves_after(0, size)
    }

    /// The leaves of the first so many records, without those of the first tiles, which have `passed` leaves.
    pub(crate) fn leaves_after(&self, passed: u64, size: u64) -> Leaves {
        Leaves { folder: self.clone(), size, next: passed, tile: Vec::new().into_iter() }
    }

    /// The tiles are not those of what was signed.
    pub(crate) fn changed(&self, size: u64) -> AnchorError {
        AnchorError::Inconsistent(format!(
            "{}: the tiles do not lead to the checkpoint of {size} records that was signed: they were changed",
            self.path.display()
        ))
    }

    fn frontier_path(&self) -> PathBuf {
        self.path.join("frontier")
    }

    /// The tree over the tiles before the last one of so many leaves, as the folder has it: whoever uses it sees whether it leads to what was signed.
    /// Nothing where the folder has none of that size.
    pub(crate) fn frontier(&self, size: u64) -> Option<Frontier> {
        let bytes = std::fs::read(self.frontier_path()).ok()?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        let whole_tiles = size.checked_sub(1)? / TILE * TILE;
        Frontier::of_subtrees(whole_tiles, hashes.to_vec()).filter(|_| rest.is_empty())
    }

    /// Keeps the tree over the tiles before the last one.
    pub(crate) fn write_frontier(&self, tree: &Frontier) -> Result<(), AnchorError> {
        write_whole(&self.frontier_path(), &tree.subtrees().concat())
    }

    /// The first leaves of a tile, so many.
    fn tile(&self, number: u64, width: u64) -> Result<Vec<Hash>, AnchorError> {
        let path = self.path.join("tile/0").join(tile_path(number));
        let partial = PathBuf::from(format!("{}.p/{width}", path.display()));
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && width < TILE => {
                std::fs::read(&partial).map_err(|error| AnchorError::file(&partial, &error))
            }
            other => other.map_err(|error| AnchorError::file(&path, &error)),
        }?;
        let (hashes, _) = bytes.as_chunks::<32>();
        let hashes: Vec<Hash> = hashes.iter().zip(0..width).map(|(hash, _)| *hash).collect();
        if count_of(hashes.len()) < width {
            let what = format!("{}: has fewer than {width} hashes", path.display());
            return Err(AnchorError::form(what, "put the tile back as it was written"));
        }
        Ok(hashes)
    }

    /// Writes a tile; one of these leaves that is there already stays.
    pub(crate) fn write_tile(&self, number: u64, leaves: &[Hash]) -> Result<(), AnchorError> {
        let path = self.path.join("tile/0").join(tile_path(number));
        let width = count_of(leaves.len());
        let path = if width == TILE { path } else { PathBuf::from(format!("{}.p/{width}", path.display())) };
        let bytes = leaves.concat();
        match std::fs::read(&path) {
            Ok(known) if known == bytes => Ok(()),
            Ok(_) => Err(AnchorError::Inconsistent(format!(
                "{}: holds other hashes than those of the log's records",
                path.display()
            ))),
            Err(_) => write_whole(&path, &bytes),
        }
    }

    /// Takes away the tiles that a wider one has replaced, as far as that may be done.
    pub(crate) fn drop_partial_tiles(&self, number: u64, width: u64) {
        let folder = PathBuf::from(format!("{}.p", self.path.join("tile/0").join(tile_path(number)).display()));
        let widest = width.to_string();
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if width == TILE || entry.file_name() != *widest.as_str() {
                // A place that keeps all that was written keeps this too.
                let _kept = std::fs::remove_file(entry.path());
            }
        }
        if width == TILE {
            let _kept = std::fs::remove_dir(&folder);
        }
    }

    /// Writes a checkpoint, which becomes the latest.
    pub(crate) fn write_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), AnchorError> {
        let text = checkpoint.note.to_string();
        write_whole(&self.checkpoint_path(checkpoint.size), text.as_bytes())?;
        write_whole(&self.path.join("checkpoint"), text.as_bytes())
    }
}

/// Writes a file that appears whole, which others may read: nothing in a folder of checkpoints is secret.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), AnchorError> {
    let failed = |error: std::io::Error| AnchorError::file(path, &error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    let mut file =
        builder.prefix(".partial-").permissions(Permissions::from_mode(0o644)).tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// The leaves of a tree one after the other, from its tiles.
#[derive(Debug)]
pub struct Leaves {
    folder: CheckpointFolder,
    size: u64,
    next: u64,
    tile: std::vec::IntoIter<Hash>,
}

impl Leaves {
    /// The next leaf; `None` after the last.
    pub fn next_leaf(&mut self) -> Result<Option<Hash>, AnchorError> {
        if self.next >= self.size {
            return Ok(None);
        }
        if self.tile.len() == 0 {
            let width = (self.size - self.next).min(TILE);
            self.tile = self.folder.tile(self.next / TILE, width)?.into_iter();
        }
        self.next += 1;
        Ok(self.tile.next())
    }
}

#[cfg(test)]
mod tests {
    use super::tile_path;

    #[test]
    fn tiles_stand_where_the_specification_says() {
        assert_eq!(tile_path(7).display().to_string(), "007");
        assert_eq!(tile_path(1_234_067).display().to_string(), "x001/x234/067");
    }
}
