using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Forbids the end of text until a row has its least length, prompt included.</summary>
internal sealed class MinLengthProcessor(int length, IEnumerable<int> eosTokenIds) : ILogitsProcessor
{
    private readonly TokenIdTensor eos = new(eosTokenIds);

    public Tensor Process(Tensor inputIds, Tensor scores) => inputIds.size(1) < length ? eos.Fill(scores, float.NegativeInfinity) : scores;
}
