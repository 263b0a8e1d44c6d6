using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Errors;

namespace Peft.Declarative.Adapters;

/// <summary>
/// Holds the sizes that an adapter_config.json states against the tensors beside it. An adapter is made before it is filled, so a file of a few
/// bytes could otherwise ask for all memory there is.
/// </summary>
internal static class StatedSizes
{
    /// <summary>Sizes up to here are tried without a look at the tensors: some methods leave a rank out of their shapes.</summary>
    internal const int Harmless = 4096;

    private static readonly string[] Fields =
        ["r", "init_r", "target_r", "num_virtual_tokens", "encoder_hidden_size", "num_vectors", "vector_length", "adapter_len", "rank_pattern"];

    /// <exception cref="PeftException">PEFT702: a size is far above every dimension of the tensors; all such are listed.</exception>
    internal static void Check(AdapterFiles files, string source)
    {
        long most = Math.Max(Harmless, files.Tensors.Values.SelectMany(tensor => tensor.shape).DefaultIfEmpty(0).Max());
        List<string> problems =
        [
            .. from field in Fields
               from size in Numbers(files.Config[field])
               where size > most
               select FormattableString.Invariant($"'{field}' states {size:N0}"),
        ];
        if (problems.Count > 0)
        {
            throw new PeftException(RuleIds.AdapterDoesNotFit, $"'{ForeignText.Shown(source)}' does not fit its tensors, none of which has a dimension above "
                + FormattableString.Invariant($"{most:N0}: {Listing.Of(problems)}. Copy the adapter again from where it came."));
        }
    }

    private static IEnumerable<double> Numbers(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [Number(value)],
        JsonObject map => map.SelectMany(entry => Numbers(entry.Value)),
        _ => [],
    };

    private static double Number(JsonValue value) => value.TryGetValue(out double number) ? number : value.TryGetValue(out long whole) ? whole : double.PositiveInfinity;
}
