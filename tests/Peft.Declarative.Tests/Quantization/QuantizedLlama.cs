using Peft.Declarative.Models;

namespace Peft.Declarative.Tests.Quantization;

/// <summary>A class of a user's own that quantises as it loads, as declared ones do.</summary>
internal sealed class QuantizedLlama(LlamaConfig config) : LlamaForCausalLM(config)
{
    internal static QuantizedLlama FromPretrained(string directory, QuantizationSettings settings)
    {
        var model = new QuantizedLlama(LlamaConfig.Load(directory));
        model.Quantize(settings);
        model.LoadWeights(directory);
        return model;
    }
}
