using System.Text.Json;
using Peft.Declarative.App.Output;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.App.Commands;

/// <summary>Compares prompts with the form of the rows on which the adapter was trained.</summary>
/// <param name="form">The form; <see langword="null"/> if it is not known.</param>
internal sealed class PromptForm(DataForm? form)
{
    /// <summary>Gets the form of the rows on which the active adapters of a model were trained.</summary>
    internal static PromptForm Of(PretrainedModel model) =>
        new(model.Adapters.Active.Select(adapter => adapter.DataForm).FirstOrDefault(form => form is not null));

    /// <summary>Reports to the error stream how a prompt differs from the prompts of the training data.</summary>
    internal void Check(string prompt, AppOutput output)
    {
        if (Problem(prompt) is { } problem)
        {
            output.Error.WriteLine($"{RuleIds.PromptUnlikeData}: {problem}");
        }
    }

    /// <summary>Reports to the error stream that the adapter was not trained on conversations.</summary>
    internal void CheckChat(bool hasTemplate, AppOutput output)
    {
        if (hasTemplate && form is { Kind: not DataRowKind.Chat })
        {
            output.Error.WriteLine($"{RuleIds.PromptUnlikeData}: The adapter was trained on {(form.Kind == DataRowKind.Text ? "running text" : "prompts and completions")}, and a "
                + "conversation is written by the model's chat template, which it has not seen. Use 'generate --prompt', or train with --prompts-as-chat.");
        }
    }

    /// <summary>Converts a line of input to a prompt in the form of the training data.</summary>
    internal string Complete(string line) => form is not { Kind: DataRowKind.Prompts } ? line
        : (line.StartsWith(form.PromptPrefix, StringComparison.Ordinal) ? "" : form.PromptPrefix)
            + line
            + (line.EndsWith(form.PromptSuffix, StringComparison.Ordinal) ? "" : form.PromptSuffix);

    private string? Problem(string prompt) => form switch
    {
        { Kind: DataRowKind.Chat } when !prompt.Contains("<|", StringComparison.Ordinal) && !prompt.Contains("[INST]", StringComparison.Ordinal) =>
            "The adapter was trained on conversations, and --prompt is continued as plain text. Use 'chat', or write the prompt as the chat template does.",
        { Kind: DataRowKind.Prompts } when !prompt.StartsWith(form.PromptPrefix, StringComparison.Ordinal) => $"The prompts that the adapter was trained on begin with "
            + $"{Quoted(form.PromptPrefix)}, and this one does not, so the answer may be empty or wrong. Write the prompt as in the training data.",
        { Kind: DataRowKind.Prompts } when !prompt.EndsWith(form.PromptSuffix, StringComparison.Ordinal) => $"The prompts that the adapter was trained on end with "
            + $"{Quoted(form.PromptSuffix)}, and this one ends with {Quoted(prompt[Math.Max(0, prompt.Length - 8)..])}, so the answer may be empty or wrong. "
            + "Write the prompt as in the training data.",
        { Kind: DataRowKind.Prompts, PromptSuffix: [.., '\n'] } when prompt.EndsWith("\n\n", StringComparison.Ordinal) && !form.PromptSuffix.EndsWith("\n\n", StringComparison.Ordinal) =>
            $"The prompts that the adapter was trained on end with {Quoted(form.PromptSuffix)}, and this one has another line break.",
        _ => null,
    };

    private static string Quoted(string text) => JsonSerializer.Serialize(UntrustedText.Shown(text.Replace("\n", "\\n", StringComparison.Ordinal))).Replace("\\\\n", "\\n", StringComparison.Ordinal);
}
