//! Products alone, packing and rounding included: in `f32` and by every kernel for bfloat16 that this
//! processor has. Prints a line a shape, GFLOP/s; medians.
//!
//! `cargo bench -p dalenet --bench products`, on one thread with `RAYON_NUM_THREADS=1`.

mod common;

use common::{median_ms, random};
use dalenet::{
    Activation, Matrix, Workspace,
    engine::{self, Kernel, Patches},
    layer::{Geometry, Window},
};

/// Rows, inner and columns: HalfCheetah's hidden layer, MNIST's, the full Craftax's first, and a wide
/// one over a large minibatch.
const SHAPES: [[usize; 3]; 5] =
    [[640, 256, 256], [128, 2048, 1024], [512, 8268, 512], [128, 1024, 2048], [4096, 1024, 1024]];
const ROUNDS: usize = 9;

fn main() {
    let kernels = Kernel::available().filter(|kernel| *kernel != Kernel::Portable).map(Some);
    let all: Vec<_> = std::iter::once(None).chain(kernels).collect();
    let name = |kernel: &Option<Kernel>| kernel.map_or("f32", Kernel::name);
    let names: String = all.iter().map(|kernel| format!("{:>12}", name(kernel))).collect();
    println!("GFLOP/s, {} threads{:>25}", rayon::current_num_threads(), names);
    let report = |what: &str, operations: usize, run: &mut dyn FnMut(&Workspace)| {
        let rate = |kernel: &Option<Kernel>| {
            let workspace = kernel.map_or_else(Workspace::default, Workspace::with_kernel);
            format!("{:12.1}", operations as f64 / median_ms(ROUNDS, || run(&workspace)) / 1e6)
        };
        println!("{what:<28}{}", all.iter().map(rate).collect::<String>());
    };

    let mut out = Matrix::default();
    for [m, k, n] in SHAPES {
        let (a, b) = (random(m, k), random(k, n));
        let run = &mut |workspace: &Workspace| engine::product(&mut out, &a, &b, workspace);
        report(&format!("product {m}×{k}×{n}"), 2 * m * k * n, run);
        let u = random(m, n);
        let run = &mut |workspace: &Workspace| engine::gradient(&mut out, &a, &u, workspace);
        report(&format!("gradient {k}×{m}×{n}"), 2 * m * k * n, run);
        let run =
            &mut |workspace: &Workspace| engine::product_transposed(&mut out, &u, &b, workspace);
        report(&format!("transposed {m}×{n}×{k}"), 2 * m * k * n, run);
    }
    // 64 images and 128 windows of 5×5 over 64 channels, as in CIFAR-10's second layer.
    let image = dalenet::Shape { height: 14, width: 14, channels: 64 };
    let geometry = Geometry::new(image, 128, Window { size: 5, stride: 1, padding: 0 });
    let (images, weights) = (random(64, image.len()), random(geometry.patch(), 128));
    let operations = 2 * 64 * geometry.output.positions() * geometry.patch() * 128;
    let patches = Patches::new(&images, geometry);
    let run = &mut |workspace: &Workspace| {
        engine::convolve(&mut out, &patches, &weights, &[0.0; 128], Activation::Relu, workspace);
    };
    report("convolution 64×14×14×64", operations, run);
    let u = random(64, geometry.output.len());
    let run = &mut |workspace: &Workspace| {
        engine::patches_gradient(&mut out, &patches, u.as_slice(), workspace);
    };
    report("its gradient", operations, run);
}
