using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>A dequantised tensor for as long as it is needed. Its memory is another tensor's afterwards.</summary>
/// <param name="value">The tensor, in no dispose scope.</param>
/// <param name="owner">Who takes the buffer back; null if the tensor has memory of its own.</param>
/// <param name="buffer">The buffer.</param>
internal readonly struct DenseLease(Tensor value, Dequantizer? owner, Tensor? buffer) : IDisposable
{
    internal Tensor Value => value;

    public void Dispose()
    {
        value.Dispose();
        if (buffer is not null)
        {
            owner!.GiveBack(buffer);
        }
    }
}
