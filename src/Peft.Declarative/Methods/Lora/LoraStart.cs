using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>Initializes the two factors.</summary>
internal static class LoraStart
{
    /// <summary>Creates <c>A</c> [rank, in].</summary>
    internal static Parameter A(int rank, long input, LoraInit init, Device device) =>
        WeightLayer.Trainable(init == LoraInit.Gaussian
            ? randn(rank, input, device: device).mul_(Scalars.Of(1.0 / rank))
            : Kaiming(rank, input, device));

    /// <summary>Creates <c>B</c> [out, rank] as zero, so that the product is zero.</summary>
    internal static Parameter B(long output, int rank, LoraInit init, Device device) =>
        WeightLayer.Trainable(init == LoraInit.Random ? Kaiming(output, rank, device) : zeros(output, rank, device: device));

    /// <summary>Creates a matrix that is uniform within ±1/√columns, which is Kaiming-uniform with a = √5.</summary>
    internal static Tensor Kaiming(long rows, long columns, Device device)
    {
        double bound = 1.0 / Math.Sqrt(columns);
        return rand(rows, columns, device: device).mul_(Scalars.Of(2 * bound)).sub_(Scalars.Of(bound));
    }
}
