fn main() { println!("inbox"); }
