// %% [markdown]
// # Forty cells that print in every way there is
//
// What each is to give stands in `torture.txt`, cell by cell; the test runs them
// in `transfolio render`, nbclient, papermill and JupyterLab.

// %%
let a = 41;
let v = vec![1, 2];

// %%
print!("no line end"); a + 1

// %% tags=allow-error,raises-exception
print!("hides nothing "); panic!("boom {a}");

// %% tags=allow-error,raises-exception
print!("hides nothing "); let x: i32 = "q".parse()?; x

// %%
std::process::Command::new("printf").arg("caf\\351\\n").status()?;
println!("café");

// %%
println!("EVCXR_EXECUTION_COMPLETE"); println!("after");

// %%
println!("EVCXR_PANIC_NOTIFICATION"); println!("EVCXR_ERROR_OCCURRED"); a

// %%
println!("EVCXR_BEGIN_CONTENT text/html"); println!("<b>never ended</b>");

// %%
println!("EVCXR_END_CONTENT"); println!("EVCXR_VARIABLE_CHANGED_TYPE:a"); println!("EVCXR_INPUT_REQUEST:name");

// %%
println!("LOAD_AND_RUN /lib x"); a

// %%
for i in 0..3 { println!("out {i}"); eprintln!("err {i}"); }

// %%
print!("one "); eprint!("two "); print!("three"); eprintln!("four"); println!();

// %%
println!("{}", "0123456789".repeat(1_000_000));

// %%
for i in 0..20_000 { println!("{i}"); }

// %%
std::process::Command::new("sh").args(["-c", "echo child; echo to the device > /dev/stdout"]).status()?;
println!("parent");

// %%
std::process::Command::new("sh").args(["-c", "echo complaint >&2"]).status()?;
eprintln!("parent");

// %%
let background = std::process::Command::new("sh").args(["-c", "sleep 1; echo late child"]).spawn()?;
std::thread::spawn(|| for i in 0..3 { std::thread::sleep(std::time::Duration::from_millis(300)); println!("late thread {i}"); });
println!("both are there");

// %%
std::thread::sleep(std::time::Duration::from_millis(1500));
println!("nothing of the cell before");

// %%
std::thread::spawn(|| println!("in time")).join().is_ok()

// %%
std::thread::spawn(|| { panic!("in a thread") }).join().is_err()

// %%
{
    let caught = std::panic::catch_unwind(|| panic!("on purpose"));
    println!("caught: {}", caught.is_err());
}

// %% tags=allow-error,raises-exception
let w = vec![1];

w[7]

// %% tags=allow-error,raises-exception
fn positive(x: i32) -> i32 {
    assert!(x > 0, "{x} is not positive");
    x
}
positive(-1)

// %% tags=allow-error,raises-exception
positive(-2)

// %% tags=allow-error,raises-exception
let y: u32 = "a";

// %% tags=allow-error,raises-exception
print!("last words "); std::process::exit(3)

// %%
println!("{v:?} {a}");

// %% tags=allow-error,raises-exception
unsafe { *(8 as *mut u8) = 1 };

// %% tags=allow-error,raises-exception
std::process::abort()

// %%
v.len() as i32 + a

// %% tags=allow-error,raises-exception
struct Loud;
impl Drop for Loud { fn drop(&mut self) { println!("dropped on the way"); } }
let loud = Loud;
Option::<i32>::None.unwrap()

// %%
show!(Value::from("first")); println!("between"); show!(Value::from("second"));

// %%
Value::from(0.5)

// %%
let mut line = String::new();
std::io::stdin().read_line(&mut line)?

// %%
println!("colour \u{1b}[31mred\u{1b}[0m \u{0} nul");

// %%
let error = "not an error"; eprintln!("{}", error); a

// %% tags=allow-error,raises-exception
Err("several\nlines")?;

// %%
println!("EVCXR_BEGIN_CONTENT text/html\n<i>as evcxr has it</i>\nEVCXR_END_CONTENT");

// %%
std::io::Write::write_all(&mut std::io::stdout(), b"\xff\xfe raw \xe2\x82")?;

// %%
println!("{} of {}", v.len(), a);
