using System.CommandLine;
using Peft.Declarative.App.Output;
using static TorchSharp.torch;

namespace Peft.Declarative.App.Commands;

/// <summary>The base class of commands. It loads the model with its tokenizer and adapter, and converts failures to exit codes.</summary>
internal abstract class AppCommand<TModel> : Command
    where TModel : CausalLanguageModel
{
    private const int DefaultSeed = 42;

    private readonly AppModel<TModel> _app;
    private readonly Option<string> _model = AppOptions.Model();
    private readonly Option<string> _adapter = AppOptions.Adapter();
    private readonly Option<string> _device = AppOptions.Device();
    private readonly Option<int?> _seed = AppOptions.Seed();
    private readonly Option<bool> _json = AppOptions.Json();

    protected AppCommand(string name, string description, AppModel<TModel> app, AppOutput output)
        : base(name, description)
    {
        _app = app;
        Output = output;
        Add(_model);
        Add(_adapter);
        Add(_device);
        Add(_seed);
        Add(_json);
        SetAction(arguments => Failure.Guard(output, () => Run(arguments)));
    }

    protected AppModel<TModel> App => _app;

    protected AppOutput Output { get; }

    /// <summary>Runs the command and returns the exit code.</summary>
    protected abstract int Run(ParseResult arguments);

    protected bool IsJson(ParseResult arguments) => arguments.GetValue(_json);

    protected int? Seed(ParseResult arguments) => arguments.GetValue(_seed);

    protected string ModelDirectory(ParseResult arguments) => arguments.GetRequiredValue(_model);

    protected string? AdapterDirectory(ParseResult arguments) => arguments.GetValue(_adapter);

    /// <summary>Loads the model and the adapter of the <c>--adapter</c> option.</summary>
    protected TModel LoadModel(ParseResult arguments)
    {
        // New adapters are initialized randomly while loading, so the seed is set first.
        random.manual_seed(Seed(arguments) ?? DefaultSeed).Dispose();
        TModel model = _app.Load(ModelDirectory(arguments), AppOptions.Resolve(arguments.GetRequiredValue(_device)));
        if (AdapterDirectory(arguments) is { } adapter)
        {
            ChosenAdapter.Load(model, _app.Name, adapter, Output);
        }

        return model;
    }

    protected Tokenizer LoadTokenizer(ParseResult arguments) => Tokenizer.Load(ModelDirectory(arguments));
}
