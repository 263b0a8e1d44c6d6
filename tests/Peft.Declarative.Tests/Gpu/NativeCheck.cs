using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>The native libraries load, and the device computes.</summary>
internal static class NativeCheck
{
    internal static string Run(DeviceCheckOptions options)
    {
        NativeStartup.EnsureLoaded();
        if (options.Device.type == DeviceType.CUDA && !cuda.is_available())
        {
            throw new InvalidOperationException("libtorch finds no CUDA device. Is the folder in PEFT_LIBTORCH that of a build with CUDA?");
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor product = ones(64, 32, device: options.Device).matmul(ones(32, 16, device: options.Device));
        Assert.Equal(options.Device.type, product.device_type);
        Assert.Equal(64f * 16 * 32, product.sum().item<float>());
        return $"libtorch {__version__} on {product.device}";
    }
}
