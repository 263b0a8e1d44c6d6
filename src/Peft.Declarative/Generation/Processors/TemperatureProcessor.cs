using static TorchSharp.torch;

namespace Peft.Declarative.Generation.Processors;

/// <summary>Divides the scores.</summary>
internal sealed class TemperatureProcessor(double temperature) : ILogitsProcessor
{
    public Tensor Process(Tensor inputIds, Tensor scores) => scores / temperature;
}
