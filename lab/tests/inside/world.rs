//! A folder with a scenario, the program, and an image that holds it.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with a scenario, the program, and an image that holds it.
pub struct World {
    folder: PathBuf,
    in_image: bool,
}

/// What the lab and the program said.
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub errors: String,
}

impl World {
    /// A new one, of a scenario that says nothing else.
    pub fn new(name: &str, scenario: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("inside-{name}"));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(folder.join("image/licenses")).expect("a folder for the test");
        let world = Self { folder, in_image: false };
        world.write("scenario.toml", &format!("title = \"a test\"\n{scenario}\n[expect]\nexit = 0\n"));
        world.write("image/licenses/MIT", "as it is");
        let own = std::env::current_exe().expect("the test knows itself");
        for program in ["vpcprobe", "image/vpcprobe"] {
            fs::copy(&own, world.folder.join(program)).expect("the program is copied");
        }
        world
    }

    /// The same with the program of the image.
    pub fn in_image(self) -> Self {
        Self { in_image: true, ..self }
    }

    /// Writes a file, and says where it is.
    pub fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.join(name);
        fs::write(&file, text).expect("a file for the test");
        file.to_string_lossy().into_owned()
    }

    /// Sets who may run the image's program.
    pub fn allow_program(&self, mode: u32) {
        let program = self.folder.join("image/vpcprobe");
        fs::set_permissions(program, Permissions::from_mode(mode)).expect("a mode for the program");
    }

    /// Runs the program.
    pub fn run(&self, more: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vpcprobe-lab"));
        command.arg("run").arg(self.folder.join("scenario.toml")).env_remove("VPCPROBE_BIN");
        if self.in_image {
            command.arg("--rootfs").arg(self.folder.join("image"));
        } else {
            command.arg("--binary").arg(self.folder.join("vpcprobe"));
        }
        let output = command.args(more).output().expect("the lab starts");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Said { code: output.status.code().unwrap_or(-1), output: text(output.stdout), errors: text(output.stderr) }
    }

    /// Every file of the image with its size and mode and when it was last changed.
    pub fn image(&self) -> BTreeMap<PathBuf, (u64, u32, i64, i64)> {
        let mut left = vec![self.folder.join("image")];
        let mut found = BTreeMap::new();
        while let Some(path) = left.pop() {
            let about = fs::symlink_metadata(&path).expect("a file of the image");
            if about.is_dir() {
                let entries = fs::read_dir(&path).expect("a folder of the image");
                left.extend(entries.map(|entry| entry.expect("an entry").path()));
            }
            found.insert(path, (about.len(), about.mode(), about.ctime(), about.ctime_nsec()));
        }
        found
    }
}
