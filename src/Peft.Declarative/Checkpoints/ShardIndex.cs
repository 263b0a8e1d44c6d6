using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Checkpoints;

/// <summary>Reads <c>model.safetensors.index.json</c>, which maps the name of each tensor to the file that contains it.</summary>
internal static class ShardIndex
{
    /// <summary>The file names by tensor name. Every file name refers to a file in the directory itself.</summary>
    internal static Dictionary<string, string> Read(string path)
    {
        if (JsonFile.ReadObject(path)["weight_map"] is not JsonObject map)
        {
            throw Fail(path, ["it has no object 'weight_map'"]);
        }

        Dictionary<string, string> files = new(map.Count, StringComparer.Ordinal);
        List<string> problems = [];
        foreach ((string tensor, JsonNode? value) in map)
        {
            if (value?.GetValueKind() != JsonValueKind.String)
            {
                problems.Add($"tensor '{UntrustedText.Shown(tensor)}' is not mapped to a file name");
            }
            else if (value.GetValue<string>() is var file && !IsPlainName(file))
            {
                problems.Add($"tensor '{UntrustedText.Shown(tensor)}' is mapped to '{UntrustedText.Shown(file)}', "
                    + "which is not a plain name of a file in the directory");
            }
            else
            {
                files.Add(tensor, file);
            }
        }

        return problems.Count == 0 ? files : throw Fail(path, problems);
    }

    internal static PeftException Fail(string path, IReadOnlyList<string> problems) => new(RuleIds.ModelUnreadable,
        $"The index '{path}' does not fit its files: {ProblemList.Of(problems)}. Download the whole model again, or add the missing files to its directory.");

    // A file of that name can be a link to any location, as in Hugging Face's cache; the author of the index cannot create such links.
    // Both separators are rejected on every system because an index moves between systems. On Windows, a colon denotes drives and streams.
    private static bool IsPlainName(string file) =>
        file.Length is > 0 and <= 255 && file is not ("." or "..") && file.IndexOfAny(['/', '\\', ':', '\0']) < 0;
}
