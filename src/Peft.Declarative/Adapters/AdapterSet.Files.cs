using Peft.Declarative.Adapters;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

// Saving and loading.
public sealed partial class AdapterSet
{
    /// <summary>
    /// Saves the only adapter, or the active one, to a directory: in Hugging Face PEFT's format, or AdapterHub's for methods that only it has.
    /// </summary>
    /// <param name="directory">
    /// The directory. It is created if it does not exist. Existing files of the same names are replaced, all of them or none.
    /// </param>
    /// <exception cref="PeftException">
    /// PEFT502: the files cannot be written. PEFT704: the model has several adapters, and not exactly one is active.
    /// </exception>
    public void Save(string directory) => Single().Save(directory);

    /// <summary>Saves what was trained: the active adapter, or each of several to a directory of its own.</summary>
    internal void SaveActive(string directory)
    {
        Adapter[] active = [.. Active];
        if (active.Length < 2)
        {
            Save(directory);
            return;
        }

        foreach (Adapter adapter in active)
        {
            adapter.Save(Path.Combine(directory, AdapterFolder.NameOf(adapter.Name)));
        }
    }

    /// <summary>Loads an adapter from a directory of Hugging Face PEFT or AdapterHub and makes it the only active one.</summary>
    /// <param name="directory">
    /// The directory, with adapter_config.json and adapter_model.safetensors (AdapterHub: adapter.safetensors), or with a fusion of adapters that are
    /// on the model.
    /// </param>
    /// <param name="name">The name on this model. If the model has an adapter of that name and shape, the tensors are copied into it.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="PeftException">
    /// The files are damaged or do not fit the model. The message lists every problem. PEFT306: an adapter is merged. PEFT707: the model is in use.
    /// </exception>
    /// <example>
    /// <code>
    /// Adapter captain = model.Adapters.Load("adapters/captain", "captain");
    /// </code>
    /// </example>
    public Adapter Load(string directory, string name = "default")
    {
        if (name.Length == 0)
        {
            throw new PeftException(RuleIds.DuplicateName, RuleTexts.UnusableName(Model.GetType().Name, name, "is empty"));
        }

        using ModelUse.Use change = Use.Change("load an adapter");
        RefuseWhileMerged("load an adapter");
        return AdapterFile.Load(this, directory, name, active: true);
    }

    /// <summary>
    /// Loads every adapter of a folder, which has a directory for each. The directory's name is the adapter's. The active adapters remain as they are; name the
    /// loaded ones in the inputs of batches, or activate them.
    /// </summary>
    /// <param name="folder">The folder. Directories whose name begins with a dot are ignored.</param>
    /// <returns>The loaded adapters, and what is wrong with those that could not be loaded.</returns>
    /// <exception cref="PeftException">PEFT504: there is no such folder. PEFT306: an adapter is merged. PEFT707: the model is in use.</exception>
    /// <example>
    /// <code>
    /// LoadedAdapters personas = model.Adapters.LoadAll("personas");
    /// IReadOnlyList&lt;string&gt; answers = generator.Complete(questions, personas.Adapters.Select(persona => persona.Name).ToArray());
    /// </code>
    /// </example>
    public LoadedAdapters LoadAll(string folder)
    {
        using ModelUse.Use change = Use.Change("load adapters");
        RefuseWhileMerged("load adapters");
        if (!Directory.Exists(folder))
        {
            throw new PeftException(RuleIds.ConfigurationUnreadable, $"There is no folder '{folder}' of adapters. Give the folder that has a directory for each adapter.");
        }

        using AdapterStates before = new(this, _composition, _merged, _dequantizes);
        List<Adapter> loaded = [];
        List<(string Directory, PeftException Error)> failed = [];
        foreach (string directory in AdapterFolder.In(folder))
        {
            try
            {
                loaded.Add(AdapterFile.Load(this, directory, AdapterFolder.AdapterOf(directory), active: false));
            }
            catch (PeftException error)
            {
                failed.Add((directory, error));
            }
        }

        return new LoadedAdapters(loaded, failed);
    }

    /// <summary>Loads an adapter as <see cref="Load"/> does, but leaves the active ones as they are.</summary>
    internal Adapter LoadBeside(string directory, string name)
    {
        using ModelUse.Use change = Use.Change("load an adapter");
        RefuseWhileMerged("load an adapter");
        using AdapterStates before = new(this, _composition, _merged, _dequantizes);
        return AdapterFile.Load(this, directory, name, active: false);
    }
}

/// <summary>What came of loading a folder of adapters.</summary>
/// <param name="Adapters">The adapters that were loaded, by name.</param>
/// <param name="Failed">The directories of the others, with what is wrong with each.</param>
public sealed record LoadedAdapters(IReadOnlyList<Adapter> Adapters, IReadOnlyList<(string Directory, PeftException Error)> Failed);
