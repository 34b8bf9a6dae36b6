//! Asks for everything that a program cannot have, and says what it got.
use std::collections::hash_map::RandomState;
use std::fs::{self, OpenOptions};
use std::hash::BuildHasher;
use std::io::{self, Read};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn number_of<T>(result: io::Result<T>) -> i32 {
    result.err().and_then(|error| error.raw_os_error()).unwrap_or(0)
}

fn main() {
    let mut input = String::new();
    io::stdin().read_to_string(&mut input).unwrap();
    let before = SystemTime::now();
    std::thread::sleep(Duration::from_millis(1500));
    let listed: Vec<String> = fs::read_dir("/data")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let answers = serde_json::json!({
        "input": input.len(),
        "time": before.duration_since(UNIX_EPOCH).unwrap().as_secs(),
        "waited": before.elapsed().unwrap().as_millis() as u64,
        "random": format!("{:016x}", RandomState::new().hash_one(0)),
        "file": fs::read_to_string("/data/a.txt").unwrap(),
        "outside": number_of(fs::read("/etc/passwd")),
        "created": number_of(fs::write("/data/new", "")),
        "written": number_of(OpenOptions::new().write(true).open("/data/a.txt")),
        "network": TcpStream::connect("127.0.0.1:80").is_err(),
        "listed": listed,
        "argument": std::env::args().nth(1),
        "level": std::env::var("LEVEL").ok(),
    });
    println!("{answers}");
    eprintln!("probed");
    match input.as_str() {
        "leave" => std::process::exit(0),
        "fail" => std::process::exit(3),
        "panic" => panic!("as it was told to"),
        _ => {}
    }
}
