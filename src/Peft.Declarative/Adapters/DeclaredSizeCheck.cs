using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Adapters;

/// <summary>
/// Compares the sizes in an adapter_config.json with the tensors in the same directory. The adapter is created before it is filled, so a file of a
/// few bytes could otherwise make it allocate all memory.
/// </summary>
internal static class DeclaredSizeCheck
{
    /// <summary>The largest size that is accepted without a look at the tensors: some methods have a rank that no shape contains.</summary>
    internal const int Harmless = 4096;

    private static readonly string[] Fields =
    [
        "r", "init_r", "target_r", "num_virtual_tokens", "num_tasks", "num_ranks", "encoder_hidden_size", "num_vectors", "vector_length", "adapter_len",
        "rank_pattern", "prefix_length", "bottleneck_size", "n_tasks", "n_skills", "n_splits",
    ];

    // Divisors of the model's width, so that small ones lead to large sizes.
    private static readonly string[] Reductions = ["reduction_factor", "inv_adapter_reduction_factor"];

    /// <param name="files">The adapter's files.</param>
    /// <param name="source">The path of its configuration, for messages.</param>
    /// <param name="width">The width of the model's hidden states; 0 if it is not known.</param>
    /// <param name="harmless">The fields whose size allocates nothing.</param>
    /// <exception cref="PeftException">PEFT702: a size is far above every dimension of the tensors. The message lists all such sizes.</exception>
    internal static void Check(AdapterFiles files, string source, int width, IReadOnlyList<string> harmless)
    {
        long most = Math.Max(Harmless, files.Tensors.Values.SelectMany(tensor => tensor.shape).DefaultIfEmpty(0).Max());
        JsonObject[] settings = [.. Settings(files.Config)];
        List<string> problems =
        [
            .. from part in settings
               from field in Fields.Except(harmless)
               from size in Numbers(part[field])
               where size > most
               select FormattableString.Invariant($"'{field}' states {size:N0}"),
            .. from part in settings
               from field in Reductions
               from factor in Numbers(part[field])
               where factor > 0 && width / factor > most
               select FormattableString.Invariant($"'{field}' {factor} makes {width / factor:N0} of a width of {width:N0}"),
        ];
        if (problems.Count > 0)
        {
            throw new PeftException(RuleIds.AdapterDoesNotFit, $"'{UntrustedText.Shown(source)}' does not fit its tensors, none of which has a dimension above "
                + FormattableString.Invariant($"{most:N0}: {ProblemList.Of(problems)}. Copy the adapter again from its source."));
        }
    }

    // AdapterHub nests the settings, those of several methods in a list.
    private static IEnumerable<JsonObject> Settings(JsonObject file) =>
        file["config"] is JsonObject own ? [file, own, .. (own["configs"] as JsonArray ?? []).OfType<JsonObject>()] : [file];

    private static IEnumerable<double> Numbers(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [Number(value)],
        JsonObject map => map.SelectMany(entry => Numbers(entry.Value)),
        _ => [],
    };

    private static double Number(JsonValue value) => value.TryGetValue(out double number) ? number : value.TryGetValue(out long whole) ? whole : double.PositiveInfinity;
}
