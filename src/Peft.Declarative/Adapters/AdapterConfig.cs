using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>What adapter_config.json says, for one method. Fields that this library does not know are kept and written back.</summary>
public abstract record AdapterConfig
{
    /// <summary>Name of the method in the file, such as <c>LORA</c>; AdapterHub's architecture for methods that only its files have.</summary>
    public abstract string PeftType { get; }

    /// <summary>Directory or hub name of the base model, as the file names it.</summary>
    public string? BaseModel { get; init; }

    /// <summary>What the file calls the task of the model.</summary>
    internal string TaskType { get; init; } = "CAUSAL_LM";

    /// <summary>The file this was read from; null for a declared adapter.</summary>
    internal JsonObject? Source { get; init; }

    /// <summary>What AdapterHub's file says around the settings; null for a declared adapter and for files of Hugging Face PEFT.</summary>
    internal AdapterHubHeader? Hub { get; init; }

    /// <summary>Whether the adapter's files are AdapterHub's: it was read from one, or Hugging Face PEFT has no such method.</summary>
    internal virtual bool IsAdapterHub => Hub is not null;

    /// <summary>Whether it takes a mean over whole rows, as gates do.</summary>
    internal virtual bool AveragesRows => false;

    /// <summary>What its method is.</summary>
    internal abstract MethodFacts Facts { get; }

    /// <summary>Its numbers by the names of the attribute's arguments; null for one that the method chooses itself.</summary>
    internal virtual IEnumerable<(string Argument, double? Value)> Numbers => [];

    /// <summary>What cannot be of numbers that are in range each by itself, in the compiler's words.</summary>
    internal virtual IEnumerable<string> Contradictions(string model) => [];

    /// <summary>Checks every number.</summary>
    /// <param name="model">Name of the model's class.</param>
    /// <exception cref="PeftException">PEFT202: numbers are out of range; all are named.</exception>
    internal void Check(string model) => NumberCheck.Refuse(
        Methods.SelectMany(part => part.Facts.Problems(model, part.Numbers).Select(problem => problem.Text).Concat(part.Contradictions(model))));

    /// <summary>The methods that make this adapter; one but in hybrids.</summary>
    internal virtual IReadOnlyList<AdapterConfig> Methods => [this];

    /// <summary>Adapters that this one is made of: they rest while it is active, and stay on the model as long as it does.</summary>
    internal virtual IReadOnlyList<string> Members => [];

    /// <summary>The whole content of AdapterHub's file.</summary>
    internal virtual JsonObject AdapterHubFile() => Hub!.Around(AdapterHubSettings());

    /// <summary>Whether the head that fits one task only is trained along: by declared adapters, and by AdapterHub's, whose files may lack it.</summary>
    internal bool TrainsHead => Source is null || Hub is not null;

    /// <summary>The settings as AdapterHub writes them under <c>config</c>; asked for where no file has them.</summary>
    internal virtual JsonObject AdapterHubSettings() => [];

    /// <summary>Whether tensors that are not trained are saved along: fixed projections, and the base weight of adapted vocabulary layers.</summary>
    internal virtual bool SavesFrozenTensors => false;

    /// <summary>The whole content of adapter_config.json: what the file had, or the reference library's defaults, with this config's values over it.</summary>
    internal JsonObject ToJson() => IsAdapterHub ? Source ?? AdapterHubFile() : PeftJson();

    private JsonObject PeftJson()
    {
        JsonObject json = Source?.DeepClone().AsObject() ?? Defaults();
        json["peft_type"] = PeftType;
        json["inference_mode"] = true;   // the reference library saves nothing else
        if (BaseModel is not null || !json.ContainsKey("base_model_name_or_path"))
        {
            json["base_model_name_or_path"] = BaseModel;
        }

        if (Source is null)
        {
            json["task_type"] = TaskType;
        }

        Write(json);
        return json;
    }

    /// <summary>This config with what a declaration leaves to the model written out, so that a file means the same to every reader.</summary>
    /// <param name="adapter">The adapter, on its model.</param>
    /// <param name="model">The model.</param>
    internal virtual AdapterConfig Resolve(Adapter adapter, nn.Module model) => model is not IBaseModel pretrained ? this : this with
    {
        BaseModel = BaseModel ?? pretrained.Directory,
        TaskType = pretrained.TaskType,
        Hub = Hub ?? (IsAdapterHub ? AdapterHubHeader.Of(adapter, pretrained) : null),
    };

    /// <summary>
    /// Settings of a file that would make its tensors mean something else than this config says, though their shapes agree; none if it fits.
    /// </summary>
    internal virtual IEnumerable<string> Conflicts(AdapterConfig file) =>
        file.GetType() == GetType() ? [] : [$"it is of type {file.PeftType}, not {PeftType}"];

    /// <summary>What training adds to the loss for this adapter, a scalar; null for nothing.</summary>
    internal virtual Tensor? Penalty(Adapter adapter) => null;

    /// <summary>Gives the parts of an adapter the shapes that its file has, where those depend on more than the model.</summary>
    /// <returns>Puts everything back as it was.</returns>
    internal virtual Action Reshape(Adapter adapter) => () => { };

    /// <summary>This config of a file in the place of the one that its adapter had: with what only a model knows.</summary>
    internal virtual AdapterConfig InPlaceOf(AdapterConfig former) => this;

    /// <summary>The fields that every file of this method has, at the reference library's defaults.</summary>
    private protected virtual JsonObject Defaults() => [];

    /// <summary>Writes this config's values over the defaults or over the file's.</summary>
    private protected virtual void Write(JsonObject json)
    {
    }

    /// <summary>The fields that files of every method have.</summary>
    private protected static JsonObject CommonDefaults() => new()
    {
        ["auto_mapping"] = null,
        ["base_model_name_or_path"] = null,
        ["inference_mode"] = true,
        ["peft_version"] = ReferenceVersion,
        ["revision"] = null,
    };

    /// <summary>Version of the reference library whose file layout is written.</summary>
    private const string ReferenceVersion = "0.20.0";
}
