using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Declared;

namespace Peft.Declarative.Tests.Methods.AdaLora;

/// <summary>The attribute that says what an AdaLoRA's file says.</summary>
internal static class AdaLoraDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) => $"AdaLora({string.Join(", ", Arguments(config, keys))})";

    private static IEnumerable<string> Arguments(JsonObject config, IEnumerable<string> keys) =>
    [
        $"initialRank: {config["init_r"]}",
        $"targetRank: {config["target_r"]}",
        $"Alpha = {config["lora_alpha"]}",
        $"Dropout = {config["lora_dropout"]}",
        $"WarmupSteps = {config["tinit"]}",
        $"FinalSteps = {config["tfinal"]}",
        $"AllocateEvery = {config["deltaT"]}",
        $"SensitivityDecay = {config["beta1"]}",
        $"UncertaintyDecay = {config["beta2"]}",
        $"OrthogonalWeight = {config["orth_reg_weight"]}",
        .. DeclaredArguments.Layers(config, keys),
        .. DeclaredArguments.Bias(config),
    ];
}
