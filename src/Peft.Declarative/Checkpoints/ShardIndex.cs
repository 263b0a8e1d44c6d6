using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Checkpoints;

/// <summary>Reads <c>model.safetensors.index.json</c>: which file of the directory holds which tensor.</summary>
internal static class ShardIndex
{
    /// <summary>File name by tensor name. Names stay inside the directory.</summary>
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
        $"The index '{path}' does not fit its files: {ProblemList.Of(problems)}. Download the whole model again, or put the missing files beside it.");

    // A file of that name may be a link to anywhere, as in the hub's own cache: who makes links in the folder is not who wrote the index.
    // Both separators on every system: an index is written on one and read on another. A colon names drives and streams on Windows.
    private static bool IsPlainName(string file) =>
        file.Length is > 0 and <= 255 && file is not ("." or "..") && file.IndexOfAny(['/', '\\', ':', '\0']) < 0;
}
