using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>A dequantized tensor that is valid until this value is disposed. Its memory is then reused for another tensor.</summary>
/// <param name="value">The tensor, in no dispose scope.</param>
/// <param name="owner">The owner of the buffer; <see langword="null"/> if the tensor has its own memory.</param>
/// <param name="buffer">The buffer that contains the tensor; <see langword="null"/> if the tensor has its own memory.</param>
internal readonly struct DenseLease(Tensor value, Dequantizer? owner, Tensor? buffer) : IDisposable
{
    /// <summary>The dequantized tensor.</summary>
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
