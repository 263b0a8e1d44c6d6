using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests;

/// <summary>One small model of each kind of family, and what tests that run over all of them have to know of it.</summary>
internal static class TinyFamilies
{
    /// <summary>Ends the names of families whose base is in 4 bits.</summary>
    private const string InFourBits = " in 4 bits";

    /// <summary>Ends the names of families whose products are in bfloat16 where the processor is fast at it.</summary>
    private const string InBFloat16 = " in bfloat16";

    /// <summary>Families whose base is dense, for methods that train it itself.</summary>
    internal static IReadOnlyList<string> Dense { get; } = ["llama", "gpt2", "bert", "roberta", "t5"];

    internal static IReadOnlyList<string> Names { get; } = [.. Dense, "llama" + InFourBits, "gpt2" + InFourBits];

    /// <summary>The model of a family, in evaluation mode, with the same weights every time.</summary>
    internal static PretrainedModel Make(string family)
    {
        PretrainedModel model = family.Replace(InFourBits, "", StringComparison.Ordinal).Replace(InBFloat16, "", StringComparison.Ordinal) switch
        {
            "llama" => TinyModels.Llama(),
            "gpt2" => TinyModels.Gpt2(),
            "bert" => TinyModels.Bert(),
            "roberta" => TinyModels.Roberta(),
            "t5 gated" => T5ForConditionalGeneration.FromConfig(TinyModels.T5Config with { Gated = true, Activation = "gelu_new", TiesHead = false }, seed: 1),
            _ => TinyModels.T5(),
        };
        if (family.EndsWith(InFourBits, StringComparison.Ordinal))
        {
            model.Quantize(new QuantizationSettings());
        }

        if (family.EndsWith(InBFloat16, StringComparison.Ordinal))
        {
            model.Use(Precision.BFloat16);
        }

        model.eval();
        return model;
    }

    /// <summary>What the model makes of the sample ids: logits of the text alone, of its class, or of a target.</summary>
    internal static Tensor Outputs(PretrainedModel model) => Outputs(model, TinyModels.Ids());

    /// <summary>The same of other ids [batch, time].</summary>
    internal static Tensor Outputs(PretrainedModel model, Tensor ids)
    {
        switch (model)
        {
            case CausalLanguageModel decoder:
                Tensor logits = decoder.forward(ids);
                return logits.narrow(1, logits.size(1) - ids.size(1), ids.size(1));
            case SequenceClassifier classifier:
                return classifier.Logits(ids);
            default:
                var translator = (EncoderDecoderModel)model;
                return translator.Logits(ids, translator.DecoderIds(ids.flip(1)));
        }
    }

    /// <summary>Name of the input embedding.</summary>
    internal static string Embedding(PretrainedModel model) => model.Config.ModelType switch
    {
        "gpt2" => "wte",
        "llama" => "embed_tokens",
        "t5" => "shared",
        _ => "word_embeddings",
    };

    /// <summary>Name of the output head.</summary>
    internal static string Head(PretrainedModel model) => model is SequenceClassifier ? "classifier" : "lm_head";
}
