using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Forbids ids, always or only when a row has exactly a given length.</summary>
internal sealed class SuppressTokensProcessor(IEnumerable<int> ids, int? onlyAtLength = null) : ILogitsProcessor
{
    private readonly TokenIdTensor suppressed = new(ids);

    public Tensor Process(Tensor inputIds, Tensor scores) =>
        onlyAtLength is null || inputIds.size(1) == onlyAtLength ? suppressed.Fill(scores, float.NegativeInfinity) : scores;
}
