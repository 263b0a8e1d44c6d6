using Peft.Declarative.Declaration;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>A fine-tuning method at run time. Each method has a folder under Methods and a row in the catalog.</summary>
internal interface IAdapterMethod
{
    /// <summary>The name in adapter_config.json.</summary>
    string PeftType { get; }

    /// <summary>The facts about the method, for the table of methods.</summary>
    MethodFacts Facts { get; }

    /// <summary>The class of this method's configs.</summary>
    Type ConfigType { get; }

    /// <summary>Determines whether a file belongs to this method. Some methods share a name and differ in a field.</summary>
    bool Reads(ConfigJson file) => file.Text("peft_type") == PeftType;

    /// <summary>Reads the config.</summary>
    /// <exception cref="PeftException">A field that changes the result is not supported.</exception>
    AdapterConfig Read(ConfigJson file);

    /// <summary>Adds the parts of an adapter to a model. If it throws, nothing is changed.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="adapter">The handle, which has no parts yet.</param>
    void Attach(nn.Module model, Adapter adapter);
}
