using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Declared;

namespace Peft.Declarative.Tests.Methods.Bottleneck;

/// <summary>The attribute that says what AdapterHub's settings of a bottleneck say.</summary>
internal static class BottleneckDeclaration
{
    private static readonly (string Field, string Target)[] Places = [("mh_adapter", "attention"), ("output_adapter", "mlp"), ("cross_adapter", "cross_attention")];

    private static readonly (string Field, string Argument)[] Flags =
    [
        ("use_gating", "Gated"), ("original_ln_before", "SumBefore"), ("original_ln_after", "SumAfter"), ("ln_before", "NormBefore"),
        ("ln_after", "NormAfter"), ("adapter_residual_before_ln", "ResidualBeforeNormAfter"),
    ];

    internal static string Of(JsonObject config, IEnumerable<string> keys)
    {
        string method = config["is_parallel"]!.GetValue<bool>() ? "ParallelBottleneck" : "Bottleneck";
        IEnumerable<string> targets = Places.Where(place => config[place.Field]!.GetValue<bool>()).Select(place => DeclaredArguments.Literal(place.Target));
        List<string> arguments =
        [
            $"Targets = [{string.Join(", ", targets)}]",
            $"Activation = Activation.{Activation(config["non_linearity"]!.GetValue<string>())}",
            .. DeclaredArguments.Numbers("LeaveOut", config["leave_out"]),
            .. Flags.Select(flag => $"{flag.Argument} = {(config[flag.Field]!.GetValue<bool>() ? "true" : "false")}"),
            .. Scale(config["scaling"]!),
            $"Residual = BottleneckResidual.{Residual(config["residual_before_ln"]!)}",
            $"Init = BottleneckInit.{config["init_weights"]!.GetValue<string>() switch { "bert" => "Normal", "houlsby" => "TruncatedNormal", _ => "ZeroUp" }}",
        ];
        if (config["inv_adapter"] is not null)
        {
            arguments.Add($"Invertible = true, InvertibleReduction = {config["inv_adapter_reduction_factor"]}");
        }

        return $"{method}({string.Join(", ", [.. Reduction(config["reduction_factor"]!), .. arguments])})";
    }

    private static IEnumerable<string> Reduction(JsonNode node) => node is not JsonObject map
        ? [$"reduction: {node}"]
        :
        [
            $"reduction: {map["default"] ?? 1}",
            $"ReductionPattern = [{string.Join(", ", map.Where(entry => entry.Key != "default").Select(entry => $"\"{entry.Key}={entry.Value}\""))}]",
        ];

    private static IEnumerable<string> Scale(JsonNode node) => node.GetValueKind() == JsonValueKind.String
        ? [$"Scale = 1, LearnedScale = ScaleLearning.{(node.GetValue<string>() == "channel" ? "Channel" : "Scalar")}"]
        : [$"Scale = {node.GetValue<double>().ToString(CultureInfo.InvariantCulture)}"];

    private static string Residual(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => "Sum",
        JsonValueKind.False => "Normalised",
        _ => "Result",
    };

    private static string Activation(string name) => name switch
    {
        "silu" => "Swish",
        "gelu_new" => "GeluTanh",
        "leakyrelu" => "LeakyRelu",
        _ => char.ToUpperInvariant(name[0]) + name[1..],
    };
}
