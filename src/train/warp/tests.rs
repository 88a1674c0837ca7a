use super::*;

const SIDE: usize = 224;
const PLACES: [(usize, usize); 4] = [(10, 20), (111, 112), (200, 60), (60, 205)];

fn check(field: &Field, expected: &[(f64, f64); 4], tolerance: f64) {
    for ((x, y), (to_x, to_y)) in PLACES.into_iter().zip(expected) {
        let (got_x, got_y) = field.at(SIDE, x, y);
        let far = (got_x - to_x).abs().max((got_y - to_y).abs());
        assert!(far < tolerance, "({x}, {y}): {got_x} {got_y}, expected {to_x} {to_y}");
    }
}

/// OpenCV 4.8: `initUndistortRectifyMap` with the distortion (1.3, 1.3, 0, 0, 0).
#[test]
fn the_lens_is_that_of_opencv() {
    let expected = [
        (-56.886_573_79, -40.247_505_19),
        (111.499_992_37, 112.500_007_63),
        (229.563_522_34, 43.587_329_86),
        (41.843_658_45, 239.371_215_82),
    ];
    check(&optical::of(SIDE, 1.3), &expected, 1e-3);
}

/// albumentations 1.3.0 with OpenCV 4.8: `grid_distortion` of images of their own
/// columns and rows, which OpenCV interpolates in steps of 1/32 pixel.
#[test]
fn the_grid_is_that_of_albumentations() {
    let columns = [1.1, 0.8, 1.25, 0.75, 1.0, 0.9];
    let rows = [0.9, 1.2, 0.7, 1.3, 1.05, 1.1];
    let expected =
        [(11.25, 18.406_25), (113.031_25, 109.593_75), (196.156_25, 59.25), (61.5, 211.562_5)];
    check(&grid::of(SIDE, &columns, &rows), &expected, 1.0 / 32.0);
}

/// The same as `warpAffine` and `remap` one after the other on images of columns (8.774,
/// 109.907, 203.271, 54.135), which interpolate twice. SciPy 1.17: `gaussian_filter`.
#[test]
fn elastic_deformation_is_one_interpolation_of_what_were_two() {
    let noise = |factor: usize| -> Vec<f64> {
        (0..SIDE * SIDE).map(|at| ((at * factor) % 1000) as f64 / 500.0 - 1.0).collect()
    };
    let moves = [(2.0, -1.5), (-3.0, 0.5), (1.0, 3.0)];
    let expected = [
        (8.789_593_959, 16.409_463_267),
        (109.909_038_926, 111.481_913_699),
        (203.280_385_538, 60.308_017_712),
        (54.110_788_582, 204.517_643_256),
    ];
    let field = elastic::of(SIDE, 1.0, &moves, (noise(7919), noise(104_729)));
    check(&field, &expected, 1e-4);
}

/// OpenCV 4.8: `resize` of `columns[30:190, 40:200]` to 224 x 224.
#[test]
fn a_crop_is_resized_as_opencv_does() {
    let field = Field::still(SIDE).cropped(SIDE, (40.0, 30.0, 160.0));
    for (x, expected) in [(0, 40.0), (1, 40.571_430_2), (100, 111.285_713_2), (223, 199.0)] {
        let (got, _) = field.at(SIDE, x, 5);
        assert!((got - expected).abs() < 1e-4, "{x}: {got}");
    }
}

/// 3,000 draws of albumentations 1.3.0 at 224 pixels: the share of a structure is 0.253
/// on average (0.218 as it is) with a standard deviation of 0.083, and 53 % of the masks
/// stay as they are.
#[test]
fn what_is_drawn_is_distributed_as_by_albumentations() {
    const DRAWS: usize = 800;
    let side = 56_i64;
    let options = (Kind::Float, Device::Cpu);
    let at = |length: f64, centre: f64| {
        let along = Tensor::arange(side, options) * (224.0 / side as f64) - centre;
        (along / length).square()
    };
    let inside = (at(70.0, 120.0).view([-1, 1]) + at(50.0, 100.0).view([1, -1])).lt(1.0);
    let mask = inside.to_kind(Kind::Uint8).view([1, 1, side, side]);
    let draws: Vec<usize> = (0..DRAWS).collect();
    let (mut shares, mut same) = (Vec::new(), 0);
    for draws in draws.chunks(100) {
        let warps = warps((5, 1), draws, side as usize, options).expect("warps");
        let batch = mask.repeat([draws.len() as i64, 1, 1, 1]);
        let warped = warps.masks(&batch).expect("masks");
        for index in 0..draws.len() as i64 {
            let one = warped.get(index);
            same += usize::from(one == mask.get(0));
            shares.push(one.to_kind(Kind::Double).mean(Kind::Double).double_value(&[]));
        }
    }
    let mean = shares.iter().sum::<f64>() / DRAWS as f64;
    let sd = (shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / DRAWS as f64).sqrt();
    let kept = same as f64 / DRAWS as f64;
    assert!((mean - 0.253).abs() < 0.012, "{mean}");
    assert!((sd - 0.083).abs() < 0.014, "{sd}");
    assert!((kept - 0.529).abs() < 0.06, "{kept}");
}

#[test]
fn images_and_masks_stay_in_register() {
    let side = 64_i64;
    let options = (Kind::Float, Device::Cpu);
    let half = Tensor::arange(side, options).gt(20.0).view([1, 1, 1, side]);
    let mask = half.to_kind(Kind::Uint8).repeat([40, 1, side, 1]);
    let draws: Vec<usize> = (0..40).collect();
    let warps = warps((1, 1), &draws, side as usize, options).expect("warps");
    let plain = Warps { tones: None, ..warps };
    let images = plain.images(&(mask.to_kind(Kind::Float) * 255.0)).expect("images");
    let masks = plain.masks(&mask).expect("masks");
    let apart = (images.gt(127.5).to_kind(Kind::Uint8) - &masks).abs().sum(Kind::Int64);
    // Where interpolation crosses one half the nearest pixel may be the other one.
    assert!(apart.int64_value(&[]) < 40 * side * side / 100, "{apart:?}");
    assert!(masks.f_eq_tensor(&mask).expect("compared").all().int64_value(&[]) == 0);
}
