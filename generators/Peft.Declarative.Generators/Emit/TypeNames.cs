using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>
/// The names by which a file speaks of types: short, by an alias that stands inside the namespace, unless the user has a type of that name there.
/// Above the namespace a user's type would win silently; inside, it would be an error.
/// </summary>
internal sealed class TypeNames(TypeShape shape)
{
    private static readonly Dictionary<string, string> Targets = new(StringComparer.Ordinal)
    {
        ["Adapter"] = "Peft.Declarative.Adapter",
        ["AdapterSet"] = "Peft.Declarative.AdapterSet",
        ["AdapterWiring"] = "Peft.Declarative.Adapters.AdapterWiring",
        ["AppModel"] = "Peft.Declarative.App.AppModel",
        ["Base"] = "Peft.Declarative.Adapters.Base",
        ["Batch"] = "Peft.Declarative.Training.Batch",
        ["BiasTraining"] = "Peft.Declarative.BiasTraining",
        ["CancellationToken"] = "System.Threading.CancellationToken",
        ["Device"] = "TorchSharp.torch.Device",
        ["DisposeScope"] = "TorchSharp.DisposeScope",
        ["Evaluation"] = "Peft.Declarative.Training.Evaluation",
        ["FullCopy"] = "Peft.Declarative.Adapters.FullCopy",
        ["ITrainable"] = "Peft.Declarative.ITrainable",
        ["LoraConfig"] = "Peft.Declarative.LoraConfig",
        ["LoraEmbedding"] = "Peft.Declarative.Methods.Lora.LoraEmbedding",
        ["LoraInit"] = "Peft.Declarative.LoraInit",
        ["LoraLinear"] = "Peft.Declarative.Methods.Lora.LoraLinear",
        ["LoraTokens"] = "Peft.Declarative.Methods.Lora.LoraTokens",
        ["Losses"] = "Peft.Declarative.Training.Losses",
        ["MicroBatch"] = "Peft.Declarative.Training.MicroBatch",
        ["OptimizerType"] = "Peft.Declarative.OptimizerType",
        ["Parameter"] = "TorchSharp.Modules.Parameter",
        ["PeftConsole"] = "Peft.Declarative.App.PeftConsole",
        ["PeftException"] = "Peft.Declarative.PeftException",
        ["Precision"] = "Peft.Declarative.Precision",
        ["Progress"] = "System.IProgress<global::Peft.Declarative.TrainingProgress>",
        ["PromptInit"] = "Peft.Declarative.PromptInit",
        ["PromptTuningConfig"] = "Peft.Declarative.PromptTuningConfig",
        ["QuantizationType"] = "Peft.Declarative.QuantizationType",
        ["Schedule"] = "Peft.Declarative.Schedule",
        ["Slot"] = "TorchSharp.torch.nn.Module<global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor>",
        ["Slots"] = "Peft.Declarative.Layers.Slots",
        ["SoftPrompt"] = "Peft.Declarative.Methods.PromptTuning.SoftPrompt",
        ["Tensor"] = "TorchSharp.torch.Tensor",
        ["Torch"] = "TorchSharp.torch",
        ["TokensByEmbedding"] =
            "System.Collections.Generic.Dictionary<string, global::System.Collections.Generic.IReadOnlyList<int>>",
        ["TrainedBiases"] = "Peft.Declarative.Adapters.TrainedBiases",
        ["TrainedHeads"] = "Peft.Declarative.Adapters.TrainedHeads",
        ["TrainingData"] = "Peft.Declarative.TrainingData",
        ["TrainingPlan"] = "Peft.Declarative.TrainingPlan",
        ["TrainingResult"] = "Peft.Declarative.TrainingResult",
        ["TrainingRun"] = "Peft.Declarative.Training.TrainingRun",
    };

    // Types whose static members are used: in an expression a member of the class would win over them, too.
    private static readonly HashSet<string> InExpressions =
    [
        "AdapterWiring", "Base", "BiasTraining", "Evaluation", "LoraInit", "LoraTokens", "Losses", "OptimizerType", "PeftConsole", "Precision", "PromptInit", "QuantizationType",
        "Schedule", "Slots", "Torch", "TrainedBiases", "TrainedHeads", "TrainingRun",
    ];

    private readonly SortedDictionary<string, string> used = new(StringComparer.Ordinal);

    /// <summary>Every name that may be aliased.</summary>
    internal static IEnumerable<string> Aliased => Targets.Keys;

    /// <summary>Whether the name stands in expressions, where members of the class compete with it.</summary>
    internal static bool IsInExpressions(string name) => InExpressions.Contains(name);

    /// <summary>The name of a type in the file being written.</summary>
    internal string this[string name]
    {
        get
        {
            string full = "global::" + Targets[name];
            if (shape.TakenNames.Contains(name)) return full;

            used[name] = full;
            return name;
        }
    }

    /// <summary>The name of a generic type with its arguments.</summary>
    internal string Of(string name, string arguments)
    {
        string full = "global::" + Targets[name] + arguments;
        if (shape.TakenNames.Contains(name)) return full;

        used[name] = full;
        return name;
    }

    /// <summary>A type that is only known by its full name, such as the family's config.</summary>
    internal string Of(string globalName)
    {
        string name = globalName.Substring(globalName.LastIndexOfAny(['.', ':']) + 1);
        if (globalName.Contains('<') || shape.TakenNames.Contains(name)) return globalName;

        used[name] = globalName;
        return name;
    }

    /// <summary>The aliases that the file needs, in alphabetical order.</summary>
    internal IEnumerable<string> Usings => used.Select(alias => $"using {alias.Key} = {alias.Value};");
}
