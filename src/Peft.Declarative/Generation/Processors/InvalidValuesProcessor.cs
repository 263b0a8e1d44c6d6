using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Turns NaN into 0 and infinities into the greatest and least float.</summary>
internal sealed class InvalidValuesProcessor : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores) => scores.nan_to_num(0, float.MaxValue, float.MinValue);
}
