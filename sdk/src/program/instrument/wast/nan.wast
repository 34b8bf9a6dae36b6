;; Bits that no engine chose are kept; what arithmetic made of a NaN is seen as the canonical one alone.
(module
  (memory 1)
  (func (export "kept") (param i32) (result i32) (i32.reinterpret_f32 (f32.neg (f32.reinterpret_i32 (local.get 0)))))
  (func (export "copied") (param i32) (result i32)
    (i32.store (i32.const 0) (local.get 0))
    (f32.store (i32.const 4) (f32.load (i32.const 0)))
    (i32.load (i32.const 4)))
  (func (export "constant") (result i64) (i64.reinterpret_f64 (f64.const -nan:0x123))))
(assert_return (invoke "kept" (i32.const 0x7fa00000)) (i32.const 0xffa00000))
(assert_return (invoke "copied" (i32.const 0xff812345)) (i32.const 0xff812345))
(assert_return (invoke "constant") (i64.const 0xfff0000000000123))
