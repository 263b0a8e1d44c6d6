using Peft.Declarative.Models;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>A file of an adapter's directory, which is loaded onto a model and taken off again.</summary>
internal abstract class LoadedAdapterTarget : FuzzTarget
{
    /// <summary>The model, which each adapter leaves as it was.</summary>
    protected LlamaForCausalLM Model { get; } = LlamaForCausalLM.FromPretrained(TestData.Small("fixtures", "models", "llama"));

    public override void Dispose()
    {
        Model.Dispose();
        base.Dispose();
    }

    /// <summary>A folder with the files of an adapter of the reference library.</summary>
    protected string Copy(string adapter)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, adapter)).FullName;
        foreach (string file in Directory.EnumerateFiles(TestData.Small("fixtures", "cases", adapter, "adapter")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }

    /// <summary>Loads the adapter of a folder, and takes whatever there is of it off the model.</summary>
    protected void Load(string folder)
    {
        try
        {
            Assert.NotEmpty(Model.LoadAdapter(folder).Tensors);
        }
        finally
        {
            foreach (Adapter adapter in Model.Adapters.ToList())
            {
                Model.Adapters.Remove(adapter.Name);
            }
        }
    }
}
