using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>Checks prompts: refuses those that would be continued wrongly or access memory out of range.</summary>
internal static class PromptCheck
{
    /// <summary>Checks types and shapes.</summary>
    internal static void Shapes(Tensor ids, Tensor? mask) => Refuse(Shape(ids, mask));

    /// <summary>Checks values, and what the model asks of prompts with their adapters.</summary>
    internal static void Run(IContinuable kind, Tensor ids, Tensor? mask) => Refuse(Values(kind.Model, ids) ?? kind.Problem(ids, mask));

    /// <summary>Checks one prompt of a decoder.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The prompt [1, length].</param>
    /// <param name="most">The number of tokens that the model reads.</param>
    internal static void Row(CausalLanguageModel model, Tensor ids, int most) => Refuse(Shape(ids, null) ?? Values(model, ids) ?? TooLong(ids.size(1), most));

    /// <summary>What is wrong with a prompt after which nothing can be generated; <see langword="null"/> if something can.</summary>
    internal static string? TooLong(long length, int most) => length < most ? null
        : $"The prompt has {length} tokens, but the model reads {most} with at least one of them generated. Shorten the prompt.";

    /// <summary>Checks that the options allow at least one new token.</summary>
    internal static void Length(GenerationOptions options, int promptLength, int limit)
    {
        if (limit <= promptLength && options.MaxNewTokens is null)
        {
            throw new PeftException(RuleIds.PromptUnusable, $"MaxLength is {options.MaxLength}, and the prompt already has {promptLength} tokens, so nothing can be "
                + "generated. Set MaxNewTokens, which does not count the prompt, or raise MaxLength (max_length in generation_config.json).");
        }
    }

    private static void Refuse(string? problem)
    {
        if (problem is not null)
        {
            throw new PeftException(RuleIds.PromptUnusable, problem);
        }
    }

    private static string? Shape(Tensor ids, Tensor? mask)
    {
        if (ids.dim() != 2 || ids.numel() == 0 || ids.dtype != ScalarType.Int64)
        {
            return $"Prompts are {ids.dtype} [{string.Join(", ", ids.shape)}], but must be Int64 [prompts, length] with at least one id. "
                + "Start an empty prompt with the model's start token.";
        }

        return mask is null || mask.shape.SequenceEqual(ids.shape) ? null
            : $"The attention mask is [{string.Join(", ", mask.shape)}], but the prompts are [{string.Join(", ", ids.shape)}]. "
                + "Give both the same shape.";
    }

    private static string? Values(PretrainedModel model, Tensor ids)
    {
        long least = ids.min().item<long>(), greatest = ids.max().item<long>();
        int size = model.Config.VocabularySize;
        return least >= 0 && greatest < size ? null
            : $"A prompt contains the id {(least < 0 ? least : greatest)}, but the model's ids go from 0 to {size - 1}. Use the model's own tokenizer.";
    }
}
