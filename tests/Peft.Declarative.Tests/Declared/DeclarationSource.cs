using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Methods.AdaLora;
using Peft.Declarative.Tests.Methods.Bottleneck;
using Peft.Declarative.Tests.Methods.Dora;
using Peft.Declarative.Tests.Methods.Ia3;
using Peft.Declarative.Tests.Methods.LayerNormTuning;
using Peft.Declarative.Tests.Methods.LoHa;
using Peft.Declarative.Tests.Methods.LoKr;
using Peft.Declarative.Tests.Methods.Lora;
using Peft.Declarative.Tests.Methods.MixAndMatch;
using Peft.Declarative.Tests.Methods.MultitaskPromptTuning;
using Peft.Declarative.Tests.Methods.Poly;
using Peft.Declarative.Tests.Methods.PrefixTuning;
using Peft.Declarative.Tests.Methods.PromptTuning;
using Peft.Declarative.Tests.Methods.PTuning;
using Peft.Declarative.Tests.Methods.Vera;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Writes the declaration that means the same as an adapter_config.json.</summary>
internal static class DeclarationSource
{
    /// <summary>The attribute of each method that can be declared: a new one is a file in its folder and a row here.</summary>
    private static readonly Dictionary<Type, Func<JsonObject, IEnumerable<string>, string>> Writers = new()
    {
        [typeof(AdaLoraConfig)] = AdaLoraDeclaration.Of,
        [typeof(DoraConfig)] = DoraDeclaration.Of,
        [typeof(Ia3Config)] = Ia3Declaration.Of,
        [typeof(LayerNormTuningConfig)] = LayerNormTuningDeclaration.Of,
        [typeof(LoHaConfig)] = LoHaDeclaration.Of,
        [typeof(LoKrConfig)] = LoKrDeclaration.Of,
        [typeof(LoraConfig)] = LoraDeclaration.Of,
        [typeof(MultitaskPromptTuningConfig)] = MultitaskPromptTuningDeclaration.Of,
        [typeof(PolyConfig)] = PolyDeclaration.Of,
        [typeof(PrefixTuningConfig)] = PrefixTuningDeclaration.Of,
        [typeof(PromptTuningConfig)] = PromptTuningDeclaration.Of,
        [typeof(VeraConfig)] = VeraDeclaration.Of,
        [typeof(PTuningConfig)] = PTuningDeclaration.Of,
    };

    /// <summary>The same for settings of AdapterHub.</summary>
    private static readonly Dictionary<Type, Func<JsonObject, IEnumerable<string>, string>> AdapterHubWriters = new()
    {
        [typeof(BottleneckConfig)] = BottleneckDeclaration.Of,
        [typeof(Ia3Config)] = Ia3Declaration.OfAdapterHub,
        [typeof(LoraConfig)] = LoraDeclaration.OfAdapterHub,
        [typeof(PrefixTuningConfig)] = PrefixTuningDeclaration.OfAdapterHub,
        [typeof(UnionConfig)] = HybridDeclaration.OfAdapterHub,
        [typeof(ParallelBottleneckConfig)] = BottleneckDeclaration.Of,
    };

    internal static bool Knows(Type method, bool hub) => (hub ? AdapterHubWriters : Writers).ContainsKey(method);

    internal static string Of(
        Type method, JsonObject file, IEnumerable<string> keys, string modelType, bool hub, QuantizationSettings? quantization)
    {
        Func<JsonObject, IEnumerable<string>, string> attribute = (hub ? AdapterHubWriters : Writers)[method];
        JsonObject config = hub ? file["config"]!.AsObject() : file;
        return Around(attribute(config, keys), modelType, quantization);
    }

    /// <summary>The declaration of a class with attributes.</summary>
    internal static string Around(string attributes, string modelType, QuantizationSettings? quantization = null) =>
        Class("Persona", attributes, modelType, quantization);

    /// <summary>The same under a name.</summary>
    internal static string Class(string name, string attributes, string modelType, QuantizationSettings? quantization = null)
    {
        string family = modelType switch
        {
            "bert" => "BertForSequenceClassification",
            "gpt2" => "Gpt2ForCausalLM",
            "llama" => "LlamaForCausalLM",
            "mistral" => "MistralForCausalLM",
            "qwen2" => "Qwen2ForCausalLM",
            "roberta" => "RobertaForSequenceClassification",
            "t5" => "T5ForConditionalGeneration",
            _ => throw new ArgumentException($"No family for '{modelType}'.", nameof(modelType)),
        };
        return $$"""
            using Peft.Declarative;
            using Peft.Declarative.Models;

            namespace Declared;

            {{Quantize(quantization)}}[{{attributes}}]
            public sealed partial class {{name}} : {{family}};
            """;
    }

    private static string Quantize(QuantizationSettings? settings) => settings is null
        ? ""
        : $"[Quantize(QuantizationType.{settings.Type}, BlockSize = {settings.BlockSize}, DoubleQuantization = {(settings.DoubleQuantization ? "true" : "false")})] ";
}
