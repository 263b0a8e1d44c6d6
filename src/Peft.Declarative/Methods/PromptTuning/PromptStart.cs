using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.PromptTuning;

/// <summary>Initializes a soft prompt.</summary>
internal static class PromptStart
{
    internal static Parameter Draw(PretrainedModel model, int tokens, PromptInit init, string? text, string? tokenizer, string method)
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor start = init switch
        {
            PromptInit.SampleVocabulary => Vectors(model, randint(model.Config.VocabularySize, [tokens], dtype: ScalarType.Int64)),
            PromptInit.Text => Vectors(model, Repeat(TextIds(model, text, tokenizer, method), tokens)),
            _ => randn(tokens, model.Config.HiddenSize, device: model.Device),
        };
        var parameter = new Parameter(start.to(ScalarType.Float32, copy: true));
        return (Parameter)parameter.DetachFromDisposeScope();
    }

    private static Tensor Vectors(PretrainedModel model, Tensor ids) => model.Embed(ids.unsqueeze(0).to(model.Device)).squeeze(0);

    private static IReadOnlyList<int> TextIds(PretrainedModel model, string? text, string? tokenizer, string method)
    {
        string? directory = tokenizer ?? model.Directory;
        if (string.IsNullOrEmpty(text))
        {
            throw new PeftException(RuleIds.OutOfRange, RuleTexts.InitTextMissing(method, model.GetType().Name));
        }

        if (directory is null)
        {
            throw new PeftException(RuleIds.OutOfRange,
                $"[{method}] starts from a text, but its tokenizer is not known. Set Tokenizer to a directory with a tokenizer.json.");
        }

        IReadOnlyList<int> ids = Tokenizer.Load(directory).Encode(text);
        return ids.Count > 0 ? ids : throw new PeftException(RuleIds.OutOfRange, $"InitText '{text}' has no tokens. Choose a longer text.");
    }

    // Shorter texts are repeated, longer ones truncated.
    private static Tensor Repeat(IReadOnlyList<int> ids, int tokens)
    {
        long[] filled = new long[tokens];
        for (int i = 0; i < tokens; i++)
        {
            filled[i] = ids[i % ids.Count];
        }

        return tensor(filled);
    }
}
