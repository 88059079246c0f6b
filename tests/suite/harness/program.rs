//! The program as a child process, for what only its command line, files and log can show.

use std::io::{BufRead, BufReader, Lines, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::raw::exchange;
use super::{Browser, Client, Engine, Place};

/// The program that these tests were built with.
const PROGRAM: &str = env!("CARGO_BIN_EXE_deskforge");

/// One run of the program that is being put together: nothing of this process's environment is in
/// its own.
pub(crate) struct Program {
    command: Command,
    input: Vec<u8>,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Finished {
    /// -1 where a signal has ended it.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) printed: String,
    /// Standard error.
    pub(crate) told: String,
}

impl Finished {
    /// It succeeded and complained of nothing; gives what it printed.
    #[track_caller]
    pub(crate) fn must_succeed(self) -> String {
        assert_eq!((self.code, self.told.as_str()), (0, ""), "{self:?}");
        self.printed
    }

    /// It ended with this code, printed nothing and told one line that holds `named`.
    #[track_caller]
    pub(crate) fn must_fail(self, code: i32, named: &str) -> String {
        assert_eq!((self.code, self.printed.as_str()), (code, ""), "{self:?}");
        assert!(self.told.contains(named), "{named}: {self:?}");
        assert_eq!(self.told.lines().count(), 1, "{self:?}");
        self.told
    }
}

/// The server as a child process; it dies with this value.
pub(crate) struct Serving {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
    base: String,
}

impl Program {
    pub(crate) fn new(directory: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .env_clear()
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self {
            command,
            input: Vec::new(),
        }
    }

    /// On the data of a test.
    pub(crate) fn on(place: &Place, arguments: &[&str]) -> Self {
        let data_dir = place.data_dir();
        std::fs::create_dir_all(&data_dir).unwrap();
        let program = Self::new(&data_dir, arguments)
            .env("DESKFORGE_DATA_DIR", data_dir.to_str().unwrap())
            .env("DATABASE_URL", &place.database_url());
        match place.engine() {
            Engine::Sqlite => program,
            Engine::Postgres => program.env("DESKFORGE_SECRET_KEY", &Place::secret_key()),
        }
    }

    /// What it reads from standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = text.into();
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs to the end.
    pub(crate) fn finish(mut self) -> Finished {
        let mut child = self.command.spawn().unwrap();
        // It may have ended without reading.
        let _ = child.stdin.take().unwrap().write_all(&self.input);
        let output = child.wait_with_output().unwrap();
        Finished {
            code: output.status.code().unwrap_or(-1),
            printed: String::from_utf8(output.stdout).unwrap(),
            told: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Serves until it is stopped; `log` takes what it writes to standard error.
    pub(crate) fn serve(self, log: &Path) -> Serving {
        self.serve_at(&free_address(), log)
    }

    /// The same at an address of the test's own.
    pub(crate) fn serve_at(mut self, address: &str, log: &Path) -> Serving {
        let file = std::fs::File::options().append(true).create(true).open(log);
        let mut child = self
            .command
            .env("DESKFORGE_LISTEN", address)
            .stderr(file.unwrap())
            .spawn()
            .unwrap();
        let mut serving = Serving {
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            log: log.to_owned(),
            base: format!("http://{address}"),
        };
        let line = serving.line();
        assert!(line.starts_with("DeskForge serves "), "{line}");
        // It says so before it takes signals; once it has answered it does.
        let alive = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        assert_eq!(exchange(address, alive).status, Some(200));
        serving
    }
}

impl Serving {
    pub(crate) fn client(&self, key: Option<&str>) -> Client {
        Client::new(&self.base, key)
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        self.lines.next().expect("the program serves").unwrap()
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
    }

    /// A browser that was never here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.client(None), &self.base)
    }

    /// The most memory it has had so far, in MiB.
    pub(crate) fn peak_memory(&self) -> i64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
        kib.parse::<i64>().unwrap() / 1_024
    }

    /// Its threads: the name of each, and how nice it is (`proc_pid_stat(5)`).
    pub(crate) fn threads(&self) -> Vec<(String, i32)> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        tasks
            .map(|task| {
                let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap();
                let (name, rest) = stat.rsplit_once(") ").unwrap();
                let (_, name) = name.split_once('(').unwrap();
                let niceness = rest.split(' ').nth(16).unwrap().parse().unwrap();
                (name.to_owned(), niceness)
            })
            .collect()
    }

    /// Sends it a signal, such as `STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args(["-s", name, &id]).status();
        assert!(kill.unwrap().success());
    }

    /// Stops it as a service manager does, and waits.
    pub(crate) fn terminate(mut self) {
        self.signal("TERM");
        assert!(self.child.wait().unwrap().success());
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody listens on.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
