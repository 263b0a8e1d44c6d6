using System.Runtime.Intrinsics;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>Kernels of this library over tensors in host memory. Each reads its inputs once, where a chain of operators would read and write them several times.</summary>
internal static unsafe class RowKernel
{
    /// <summary>Whether the kernels are used. Tests compare with the operators that they replace.</summary>
    internal static bool IsEnabled { get; set; } = true;

    /// <summary>Whether a kernel can read a tensor: in host memory, without gaps, not empty.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="type">The type that the kernel reads. The default is float32.</param>
    internal static bool Fits(Tensor tensor, ScalarType type = ScalarType.Float32) =>
        IsEnabled
        && Vector256.IsHardwareAccelerated
        && tensor.dtype == type
        && tensor.device_type == DeviceType.CPU
        && tensor.is_contiguous()
        && tensor.numel() > 0;

    /// <summary>The first element. The tensor must be kept until the kernel has run.</summary>
    internal static float* Pointer(Tensor tensor) => (float*)RawTensor.Address(tensor);
}
