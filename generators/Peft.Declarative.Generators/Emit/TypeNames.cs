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
        ["AdapterFusionConfig"] = "Peft.Declarative.AdapterFusionConfig",
        ["AdapterSet"] = "Peft.Declarative.AdapterSet",
        ["AdapterWiring"] = "Peft.Declarative.Adapters.AdapterWiring",
        ["AppModel"] = "Peft.Declarative.App.AppModel",
        ["AttentionPrefix"] = "Peft.Declarative.Methods.PrefixTuning.AttentionPrefix",
        ["Base"] = "Peft.Declarative.Adapters.Base",
        ["Batch"] = "Peft.Declarative.Training.Batch",
        ["BiasTraining"] = "Peft.Declarative.BiasTraining",
        ["Activation"] = "Peft.Declarative.Activation",
        ["BottleneckConfig"] = "Peft.Declarative.BottleneckConfig",
        ["BottleneckInit"] = "Peft.Declarative.BottleneckInit",
        ["BottleneckLayer"] = "Peft.Declarative.Methods.Bottleneck.BottleneckLayer",
        ["BottleneckResidual"] = "Peft.Declarative.BottleneckResidual",
        ["CancellationToken"] = "System.Threading.CancellationToken",
        ["Device"] = "TorchSharp.torch.Device",
        ["DisposeScope"] = "TorchSharp.DisposeScope",
        ["EncodedPrompt"] = "Peft.Declarative.Methods.PTuning.EncodedPrompt",
        ["Evaluation"] = "Peft.Declarative.Training.Evaluation",
        ["FullCopy"] = "Peft.Declarative.Adapters.FullCopy",
        ["FusionLayer"] = "Peft.Declarative.Methods.AdapterFusion.FusionLayer",
        ["FusionRegularization"] = "Peft.Declarative.Methods.AdapterFusion.FusionRegularization",
        ["ITrainable"] = "Peft.Declarative.ITrainable",
        ["KeyValuePrefix"] = "Peft.Declarative.Methods.PrefixTuning.KeyValuePrefix",
        ["LoraConfig"] = "Peft.Declarative.LoraConfig",
        ["LoraEmbedding"] = "Peft.Declarative.Methods.Lora.LoraEmbedding",
        ["LoraInit"] = "Peft.Declarative.LoraInit",
        ["LoraLinear"] = "Peft.Declarative.Methods.Lora.LoraLinear",
        ["LoraTokens"] = "Peft.Declarative.Methods.Lora.LoraTokens",
        ["Losses"] = "Peft.Declarative.Training.Losses",
        ["MicroBatch"] = "Peft.Declarative.Training.MicroBatch",
        ["Parameter"] = "TorchSharp.Modules.Parameter",
        ["NiceCoupling"] = "Peft.Declarative.Methods.Bottleneck.NiceCoupling",
        ["ParallelBottleneckConfig"] = "Peft.Declarative.ParallelBottleneckConfig",
        ["PeftConsole"] = "Peft.Declarative.App.PeftConsole",
        ["PeftException"] = "Peft.Declarative.PeftException",
        ["Precision"] = "Peft.Declarative.Precision",
        ["PrefixInit"] = "Peft.Declarative.PrefixInit",
        ["PrefixPlacement"] = "Peft.Declarative.PrefixPlacement",
        ["PrefixTuningConfig"] = "Peft.Declarative.PrefixTuningConfig",
        ["Progress"] = "System.IProgress<global::Peft.Declarative.TrainingProgress>",
        ["PromptEncoder"] = "Peft.Declarative.PromptEncoder",
        ["PromptInit"] = "Peft.Declarative.PromptInit",
        ["PromptTuningConfig"] = "Peft.Declarative.PromptTuningConfig",
        ["PTuningConfig"] = "Peft.Declarative.PTuningConfig",
        ["ReductionByBlock"] = "System.Collections.Generic.Dictionary<int, double>",
        ["ScaleLearning"] = "Peft.Declarative.ScaleLearning",
        ["Schedule"] = "Peft.Declarative.Schedule",
        ["Seam"] = "Peft.Declarative.Adapters.Sublayers.Seam",
        ["Slot"] = "TorchSharp.torch.nn.Module<global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor>",
        ["Slots"] = "Peft.Declarative.Layers.Slots",
        ["SoftPrompt"] = "Peft.Declarative.Methods.PromptTuning.SoftPrompt",
        ["SublayerKind"] = "Peft.Declarative.SublayerKind",
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
        ["UnionConfig"] = "Peft.Declarative.UnionConfig",
    };

    // Types whose static members are used: in an expression a member of the class would win over them, too.
    private static readonly HashSet<string> InExpressions =
    [
        "Activation", "AdapterWiring", "Base", "BottleneckInit", "BottleneckResidual", "BiasTraining", "Evaluation", "FusionRegularization", "KeyValuePrefix",
        "LoraInit", "LoraTokens", "Losses", "NiceCoupling", "PeftConsole", "Precision", "PrefixInit", "PrefixPlacement", "PromptEncoder", "PromptInit", "ScaleLearning", "Schedule",
        "Slots", "SublayerKind", "Torch", "TrainedBiases", "TrainedHeads", "TrainingRun",
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
