using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>A tensor that is saved with an adapter although it is not trained.</summary>
/// <param name="Key">Name in the file.</param>
/// <param name="Value">The tensor.</param>
/// <param name="BelongsToBase">Whether the base model has it too, so that a file's must be the same; else the file's is taken over.</param>
internal readonly record struct FrozenTensor(string Key, Tensor Value, bool BelongsToBase)
{
    /// <summary>Says what is wrong with a value of the right shape that a file has for it; null if nothing is.</summary>
    public Func<Tensor, string?>? Check { get; init; }
}
