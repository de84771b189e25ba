//! scratch
#![allow(clippy::all, clippy::pedantic, clippy::print_stdout)]
use deskbell::faq::*;
fn walk(root: &std::path::Path, dir: &std::path::Path, out: &mut Vec<RawFile>) {
    for e in std::fs::read_dir(dir).unwrap() {
        let p = e.unwrap().path();
        if p.is_dir() {
            walk(root, &p, out)
        } else {
            out.push(RawFile {
                path: p.strip_prefix(root).unwrap().to_str().unwrap().to_owned(),
                content: Ok(std::fs::read(&p).unwrap()),
            })
        }
    }
}
fn main() {
    let root = std::env::args().nth(1).unwrap();
    let mut files = vec![];
    walk(root.as_ref(), root.as_ref(), &mut files);
    let t = std::time::Instant::now();
    let faq = read(files);
    let d = t.elapsed();
    if std::env::args().nth(2).is_some() {
        for e in &faq.entries {
            println!("{e:#?}");
        }
        println!("{:#?}", faq.firm);
    }
    for p in &faq.problems {
        print!("{}\n", render(p, &faq.sources, "faq", false));
    }
    println!("{} {} entries {:?}", summary(&faq.problems, faq.sources.len()), faq.entries.len(), d);
}
