using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Adapters;

/// <summary>Refuses files of the first versions of the reference library, whose tensors have a different meaning.</summary>
internal static class VeryOldFile
{
    /// <exception cref="PeftException">PEFT701: the file is of such a version.</exception>
    internal static void Refuse(JsonObject config, string directory)
    {
        if (config["enable_lora"] is JsonArray || JsonScalar.Flag(config["merge_weights"]) == true)
        {
            throw new PeftException(RuleIds.AdapterUnsupported,
                $"The adapter in '{UntrustedText.Shown(directory)}' was written by a version of Hugging Face PEFT before 0.3: its configuration has "
                + "'enable_lora' or 'merge_weights', which later versions do not read. Load it with that version, and save it again with a current one.");
        }
    }
}
