using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>
/// The names of types in a file: short, by an alias inside the namespace, unless the user has a type of that name there. Above the namespace, a
/// user's type would hide the alias without a warning; inside, that is an error.
/// </summary>
internal sealed class TypeNames(TypeShape shape)
{
    private static readonly KnownType[] Shared =
    [
        new("Adapter", "Peft.Declarative.Adapter"),
        new("AdapterConfig", "Peft.Declarative.AdapterConfig"),
        new("AdapterSet", "Peft.Declarative.AdapterSet"),
        new("AdapterWiring", "Peft.Declarative.Adapters.AdapterWiring", InExpressions: true),
        new("AppModel", "Peft.Declarative.App.AppModel"),
        new("Base", "Peft.Declarative.Adapters.Base", InExpressions: true),
        new("BaseConfigCheck", "Peft.Declarative.BaseModels.BaseConfigCheck", InExpressions: true),
        new("Batch", "Peft.Declarative.Data.Batch"),
        new("BiasTraining", "Peft.Declarative.BiasTraining", InExpressions: true),
        new("CancellationToken", "System.Threading.CancellationToken"),
        new("Checkpointing", "Peft.Declarative.Checkpointing", InExpressions: true),
        new("Device", "TorchSharp.torch.Device"),
        new("DisposeScope", "TorchSharp.DisposeScope"),
        new("Evaluation", "Peft.Declarative.Training.Evaluation", InExpressions: true),
        new("ModuleToSave", "Peft.Declarative.Adapters.ModuleToSave"),
        new("ITrainable", "Peft.Declarative.ITrainable"),
        new("Losses", "Peft.Declarative.Losses", InExpressions: true),
        new("MicroBatch", "Peft.Declarative.MicroBatch"),
        new("OptimizerType", "Peft.Declarative.OptimizerType", InExpressions: true),
        new("Parameter", "TorchSharp.Modules.Parameter"),
        new("PeftConsole", "Peft.Declarative.App.PeftConsole", InExpressions: true),
        new("PeftException", "Peft.Declarative.PeftException"),
        new("PeftServer", "Peft.Declarative.PeftServer", InExpressions: true),
        new("Precision", "Peft.Declarative.Precision", InExpressions: true),
        new("Progress", "System.IProgress<global::Peft.Declarative.TrainingProgress>"),
        new("QuantizationType", "Peft.Declarative.QuantizationType", InExpressions: true),
        new("RandomSeed", "Peft.Declarative.Native.RandomSeed", InExpressions: true),
        new("RateByAdapter", "System.Collections.Generic.Dictionary<string, double>"),
        new("Schedule", "Peft.Declarative.Schedule", InExpressions: true),
        new("SublayerSlot", "Peft.Declarative.Slots.Sublayers.SublayerSlot"),
        new("Slot", "TorchSharp.torch.nn.Module<global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor>"),
        new("SlotRegistry", "Peft.Declarative.Slots.SlotRegistry", InExpressions: true),
        new("SublayerKind", "Peft.Declarative.SublayerKind", InExpressions: true),
        new("Tensor", "TorchSharp.torch.Tensor"),
        new("Torch", "TorchSharp.torch", InExpressions: true),
        new("TrainedBiases", "Peft.Declarative.Adapters.TrainedBiases", InExpressions: true),
        new("TrainedHeads", "Peft.Declarative.Adapters.TrainedHeads", InExpressions: true),
        new("TrainingData", "Peft.Declarative.TrainingData"),
        new("TrainingPlan", "Peft.Declarative.TrainingPlan"),
        new("TrainingResult", "Peft.Declarative.TrainingResult"),
        new("TrainingRun", "Peft.Declarative.Training.TrainingRun", InExpressions: true),
        new("UnionConfig", "Peft.Declarative.UnionConfig"),
    ];

    private static readonly Dictionary<string, KnownType> Known = Shared
        .Concat(MethodCatalog.All.SelectMany(method => method.Types))
        .ToDictionary(type => type.Name, StringComparer.Ordinal);

    private readonly SortedDictionary<string, string> _used = new(StringComparer.Ordinal);

    /// <summary>Gets every name that can be aliased.</summary>
    internal static IEnumerable<string> Aliased => Known.Keys;

    /// <summary>Whether the name is used in expressions, where members of the class would hide it.</summary>
    internal static bool IsInExpressions(string name) => Known.TryGetValue(name, out KnownType? type) && type.InExpressions;

    /// <summary>Gets the name of a type in the file that is being written.</summary>
    internal string this[string name]
    {
        get
        {
            string full = "global::" + Known[name].FullName;
            if (shape.TakenNames.Contains(name)) return full;

            _used[name] = full;
            return name;
        }
    }

    /// <summary>Gets the name of a generic type with its arguments.</summary>
    internal string Of(string name, string arguments)
    {
        string full = "global::" + Known[name].FullName + arguments;
        if (shape.TakenNames.Contains(name)) return full;

        _used[name] = full;
        return name;
    }

    /// <summary>Gets the name of a type that is only known by its full name, such as the family's config.</summary>
    internal string Of(string globalName)
    {
        string name = globalName.Substring(globalName.LastIndexOfAny(['.', ':']) + 1);
        if (globalName.Contains('<') || shape.TakenNames.Contains(name)) return globalName;

        _used[name] = globalName;
        return name;
    }

    /// <summary>Gets the aliases that the file needs, in alphabetical order.</summary>
    internal IEnumerable<string> Usings => _used.Select(alias => $"using {alias.Key} = {alias.Value};");
}

/// <summary>A type that generated code uses by its short name.</summary>
/// <param name="Name">The short name, unique over all methods.</param>
/// <param name="FullName">The name with its namespace.</param>
/// <param name="InExpressions">Whether static members of it are used: in an expression, a member of the class would hide the type.</param>
internal sealed record KnownType(string Name, string FullName, bool InExpressions = false);
