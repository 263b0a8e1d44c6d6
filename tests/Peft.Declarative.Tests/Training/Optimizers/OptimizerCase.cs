using System.Text.Json;
using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Training.Optimizers;
using Parameter = TorchSharp.Modules.Parameter;

namespace Peft.Declarative.Tests.Training.Optimizers;

/// <summary>Builds our optimiser from a reference case, whose words are PyTorch's.</summary>
internal static class OptimizerCase
{
    internal static IEnumerable<string> Names =>
        ScheduleData.Read("optimisers.json").GetProperty("cases").EnumerateArray().Select(item => item.GetProperty("name").GetString()!);

    /// <summary>Rate of a step; null in the reference where the optimiser sets it itself.</summary>
    internal static double Rate(JsonElement item, int step)
    {
        JsonElement rate = item.GetProperty("lrs")[step];
        return rate.ValueKind == JsonValueKind.Null ? 0.0 : rate.GetDouble();
    }

    internal static Optimizer Make(JsonElement item, IReadOnlyList<(string Name, Parameter Value)> parameters)
    {
        JsonElement given = item.GetProperty("defaults_in_force");
        double decay = given.Number("weight_decay", 0.0);
        double epsilon = given.Number("eps", 1e-8);
        (double beta1, double beta2) = given.TryGetProperty("betas", out JsonElement betas)
            ? (betas[0].GetDouble(), betas[1].GetDouble())
            : (0.9, 0.999);

        return item.GetProperty("optimiser").GetString() switch
        {
            "AdamW" => new AdamW(parameters, decay, beta1, beta2, epsilon, given.Flag("amsgrad")),
            "Adam" => new Adam(parameters, decay, beta1, beta2, epsilon, given.Flag("amsgrad")),
            "SGD" => new Sgd(parameters, given.Number("momentum", 0), given.Number("dampening", 0), decay, given.Flag("nesterov")),
            "RMSprop" => new RmsProp(parameters, given.Number("alpha", 0.99), epsilon, given.Number("momentum", 0), decay, given.Flag("centered")),
            "Adagrad" => new Adagrad(parameters, given.Number("lr_decay", 0), decay, given.Number("initial_accumulator_value", 0), epsilon),
            "Adamax" => new Adamax(parameters, beta1, beta2, epsilon, decay),
            "NAdam" => new NAdam(parameters, beta1, beta2, epsilon, decay, given.Number("momentum_decay", 0.004)),
            "RAdam" => new RAdam(parameters, beta1, beta2, epsilon, decay),
            "Adadelta" => new Adadelta(parameters, given.Number("rho", 0.9), epsilon, decay),
            "Adafactor" => new Adafactor(parameters, Adafactor(given)),
            "Lion" => new Lion(parameters, beta1, beta2, decay),
            string other => throw new NotSupportedException($"The reference has an optimiser '{other}' that we do not."),
            null => throw new JsonException("A case has no optimiser."),
        };
    }

    private static AdafactorOptions Adafactor(JsonElement given) => new()
    {
        RelativeStep = given.Flag("relative_step", true),
        WarmupInit = given.Flag("warmup_init"),
        ScaleParameter = given.Flag("scale_parameter", true),
        Beta1 = given.GetProperty("beta1").ValueKind == JsonValueKind.Null ? null : given.GetProperty("beta1").GetDouble(),
        DecayPower = -given.Number("decay_rate", -0.8),
        ClipThreshold = given.Number("clip_threshold", 1.0),
        SquareEpsilon = given.GetProperty("eps")[0].GetDouble(),
        ScaleEpsilon = given.GetProperty("eps")[1].GetDouble(),
        WeightDecay = given.Number("weight_decay", 0.0),
    };
}
