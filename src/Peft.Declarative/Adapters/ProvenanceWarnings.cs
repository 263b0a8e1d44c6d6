using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Creates the warnings that an adapter was saved with another base, tokenizer or chat template.</summary>
internal static class ProvenanceWarnings
{
    internal static IReadOnlyList<string> Of(Provenance? saved, nn.Module loaded, string directory)
    {
        if (saved is not { } then || loaded is not IBaseModel model)
        {
            return [];
        }

        Provenance now = model.Provenance;
        return
        [
            .. Difference(then.Base, now.Base, "base weights", "Its results are not those of its training",
                "Load it on the base on which it was trained. If this is that base in other files, save the adapter again from here"),
            .. Difference(then.Tokenizer, now.Tokenizer, "tokenizer", "The same text is encoded to other tokens than in training",
                "Put the tokenizer.json that it was trained with beside the weights, or train it again"),
            .. Difference(then.ChatTemplate, now.ChatTemplate, "chat template", "Conversations are formatted differently than in training",
                "Put the chat template that it was trained with beside the weights, or train it again"),
        ];

        IEnumerable<string> Difference(string? before, string? here, string what, string effect, string remedy)
        {
            if (Provenance.Same(before, here) == false)
            {
                yield return $"{RuleIds.AdapterFromElsewhere}: The adapter in '{directory}' was saved with the {what} {Provenance.Short(before!)}, "
                    + $"but '{model.Directory}' has {Provenance.Short(here!)}. {effect}. {remedy}.";
            }
        }
    }
}
