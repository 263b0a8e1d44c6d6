using Peft.Declarative.Declaration;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>A method of fine-tuning as the run-time side knows it: one per folder under Methods, one row in the catalogue.</summary>
internal interface IAdapterMethod
{
    /// <summary>Name in adapter_config.json.</summary>
    string PeftType { get; }

    /// <summary>What the table of methods says of it.</summary>
    MethodFacts Facts { get; }

    /// <summary>The class of this method's configs.</summary>
    Type ConfigType { get; }

    /// <summary>Whether a file is of this method; some methods share a name and differ in a field.</summary>
    bool Reads(ConfigJson file) => file.Text("peft_type") == PeftType;

    /// <summary>Reads the config; a field that changes the result and is not supported is an error.</summary>
    AdapterConfig Read(ConfigJson file);

    /// <summary>Puts the adapter's parts into the model. Nothing is changed if this throws.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="adapter">The handle, without parts yet.</param>
    void Attach(nn.Module model, Adapter adapter);
}
