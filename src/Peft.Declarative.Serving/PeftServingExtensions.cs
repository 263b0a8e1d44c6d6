using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using Peft.Declarative.Serving;
using Peft.Declarative.Serving.Http;
using Peft.Declarative.Serving.Personas;

namespace Peft.Declarative;

/// <summary>Adds a model with its adapters to a program, and serves them.</summary>
public static class PeftServingExtensions
{
    /// <summary>
    /// Registers a model, the personas of a directory, and an <see cref="IChatClient"/> for each of them under its name as key. The options are bound from the
    /// section <c>Peft</c> of the configuration, then <paramref name="configure"/> runs.
    /// </summary>
    /// <param name="builder">The builder of the program.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The builder.</returns>
    /// <example>
    /// <code>
    /// var builder = WebApplication.CreateBuilder(args);
    /// builder.AddPeft(options =&gt; { options.Model = "models/llama-3.2-1b"; options.Adapters = "personas"; });
    /// WebApplication app = builder.Build();
    /// app.MapPeft();
    /// app.Run();
    /// </code>
    /// In a class of the program, the persona <c>captain</c> is <c>[FromKeyedServices("captain")] IChatClient captain</c>.
    /// </example>
    public static IHostApplicationBuilder AddPeft(this IHostApplicationBuilder builder, Action<PeftServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<PeftServerOptions>()
            .Bind(builder.Configuration.GetSection(PeftServerOptions.Section))
            .Configure(configure ?? (_ => { }))
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PeftServerOptions>, PeftServerOptionsCheck>();
        builder.Services.AddOptions<HostOptions>().Configure<IOptions<PeftServerOptions>>((host, peft) => host.ShutdownTimeout = peft.Value.DrainTimeout);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<ServerMetrics>();
        builder.Services.AddSingleton<PersonaStore>();
        builder.Services.AddSingleton<TextEngine>();
        builder.Services.AddSingleton<ITextSource>(services => services.GetRequiredService<TextEngine>());
        builder.Services.AddSingleton<ChatStream>();
        builder.Services.AddSingleton<TextEndpoint>();
        builder.Services.AddSingleton<AdapterEndpoint>();
        builder.Services.AddSingleton<RequestGuard>();
        builder.Services.AddSingleton(services =>
        {
            var store = services.GetRequiredService<PersonaStore>();
            return new ModelChatClient(store.Model, store.Tokenizer, store.Chat, services.GetRequiredService<ChatStream>().RunAsync);
        });
        builder.Services.AddSingleton<IChatClient>(services => Client(services, null));
        builder.Services.AddKeyedSingleton<IChatClient>(KeyedService.AnyKey, (services, persona) => Client(services, (string)persona!));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(ServerMetrics.Name).AddPrometheusExporter());
        return builder;

        static PersonaChatClient Client(IServiceProvider services, string? persona) =>
            new(services.GetRequiredService<ModelChatClient>(), persona);
    }

    /// <summary>
    /// Maps OpenAI's protocol (<c>/v1/models</c>, <c>/v1/chat/completions</c>, <c>/v1/completions</c>), vLLM's calls that load and unload adapters,
    /// <c>/health</c> and <c>/metrics</c>, and a page to talk to the personas at <c>/</c>. With <see cref="PeftServerOptions.ApiKeys"/>, all need a key but the
    /// files of the page and <c>/health</c>, which says without one only whether all is well.
    /// </summary>
    /// <param name="routes">The program, built with <see cref="AddPeft"/>.</param>
    /// <returns>The program.</returns>
    /// <exception cref="OptionsValidationException">Options are out of range; all are named.</exception>
    /// <exception cref="PeftException">The model cannot be loaded.</exception>
    public static IEndpointRouteBuilder MapPeft(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        IServiceProvider services = routes.ServiceProvider;
        var guard = services.GetRequiredService<RequestGuard>();
        var texts = services.GetRequiredService<TextEndpoint>();
        var adapters = services.GetRequiredService<AdapterEndpoint>();

        Map(HttpMethods.Get, "/v1/models", adapters.ListAsync);
        Map(HttpMethods.Post, "/v1/chat/completions", texts.ChatAsync);
        Map(HttpMethods.Post, "/v1/completions", texts.CompletionAsync);
        Map(HttpMethods.Post, "/v1/load_lora_adapter", adapters.LoadAsync);
        Map(HttpMethods.Post, "/v1/unload_lora_adapter", adapters.UnloadAsync);
        Map(HttpMethods.Get, "/health", http => adapters.HealthAsync(http, details: guard.Admits(http)), needsKey: false);   // load balancers have no key

        // The names of the personas are in it.
        routes.MapPrometheusScrapingEndpoint(
            path: null, meterProvider: null, configureBranchedPipeline: branch => branch.Use(next => http => guard.RunAsync(http, next, needsKey: true)), optionsName: null);
        if (services.GetRequiredService<IOptions<PeftServerOptions>>().Value.Page)
        {
            foreach ((string path, RequestDelegate answer) in PageEndpoint.Files)
            {
                Map(HttpMethods.Get, path, answer, needsKey: false);
            }
        }

        return routes;

        void Map(string method, string path, RequestDelegate answer, bool needsKey = true) =>
            routes.MapMethods(path, [method], http => guard.RunAsync(http, answer, needsKey));
    }
}
