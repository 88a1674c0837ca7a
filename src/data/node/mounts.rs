//! What a folder lies on.

use std::fmt;
use std::path::Path;

/// A file system as the list of mounts has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileSystem {
    place: String,
    kind: String,
}

impl FileSystem {
    /// That of a folder, or of the nearest one above it that is there.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
        let folder = std::path::absolute(folder).ok()?;
        // Links lead elsewhere.
        let real = folder.ancestors().find_map(|folder| std::fs::canonicalize(folder).ok());
        Self::among(&mounts, &real.unwrap_or(folder))
    }

    fn among(mounts: &str, folder: &Path) -> Option<Self> {
        let found = mounts.lines().filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            let place = fields.next()?.replace("\\040", " ");
            let kind = fields.next().unwrap_or_default().to_owned();
            folder.starts_with(&place).then_some(Self { place, kind })
        });
        // Of two at one place, the later one lies above.
        found.max_by_key(|system| system.place.len())
    }

    /// Whether it is of this machine alone.
    pub(crate) fn is_local(&self) -> bool {
        const LOCAL: [&str; 11] = [
            "tmpfs", "ramfs", "ext2", "ext3", "ext4", "xfs", "btrfs", "overlay", "zfs", "f2fs",
            "squashfs",
        ];
        LOCAL.contains(&self.kind.as_str())
    }

    /// Whether what it holds takes memory.
    pub(crate) fn is_memory(&self) -> bool {
        ["tmpfs", "ramfs"].contains(&self.kind.as_str())
    }
}

impl fmt::Display for FileSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.place, self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "/dev/a / ext4 rw 0 0\nserver:/h /home nfs4 rw 0 0\n\
                          tmpfs /dev/shm tmpfs rw 0 0\n/dev/b /home/my\\040disk xfs rw 0 0\n\
                          lfs /scratch lustre rw 0 0\nx /over ext4 rw 0 0\ny /over fuse.sshfs rw 0 0\n";

    #[test]
    fn a_folder_lies_on_what_is_nearest_above_it() {
        for (folder, kind, local, memory) in [
            ("/var/x", "ext4", true, false),
            ("/home/a/b", "nfs4", false, false),
            ("/home/my disk/a", "xfs", true, false),
            ("/dev/shm/a", "tmpfs", true, true),
            ("/scratch", "lustre", false, false),
            ("/homestead", "ext4", true, false),
            ("/over/a", "fuse.sshfs", false, false),
        ] {
            let found = FileSystem::among(MOUNTS, Path::new(folder)).expect(folder);
            assert_eq!(
                (found.kind.as_str(), found.is_local(), found.is_memory()),
                (kind, local, memory),
                "{folder}"
            );
        }
        assert!(FileSystem::of(Path::new("/nowhere/at/all")).is_some());
    }
}
