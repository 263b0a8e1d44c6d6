using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Leaves only the given ids when a row has exactly this length: the first token, or the last one.</summary>
internal sealed class ForcedTokensProcessor(int length, IEnumerable<int> ids) : ILogitsProcessor
{
    private readonly TokenIdTensor forced = new(ids);

    public Tensor Process(Tensor inputIds, Tensor scores) => inputIds.size(1) == length ? forced.Force(scores) : scores;
}
