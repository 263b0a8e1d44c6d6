using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Peft.Declarative.Serving.Personas;
using Peft.Declarative.Serving.Protocol;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Serving.Http;

/// <summary>Lists what is served, and loads and unloads adapters as vLLM's server does, within the directory of adapters.</summary>
internal sealed class AdapterEndpoint(PersonaStore store, TextEngine engine, ITextSource texts, IOptions<PeftServerOptions> options)
{
    private const int MaxBody = 4_096;

    private static readonly DateTimeOffset Started = DateTimeOffset.UtcNow;

    internal Task ListAsync(HttpContext http) => JsonResponse.WriteAsync(http, 200, new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. texts.Personas.Prepend(store.BaseName).Select(Entry)]),
    });

    /// <summary>Answers <c>/health</c>.</summary>
    /// <param name="http">The request.</param>
    /// <param name="details">Whether to say more than whether all is well; problems name files of the server.</param>
    internal Task HealthAsync(HttpContext http, bool details)
    {
        IReadOnlyDictionary<string, string> problems = store.Problems;
        JsonObject health = new() { ["status"] = problems.Count == 0 ? "ok" : "degraded" };
        if (details)
        {
            health["running"] = engine.Running;
            health["waiting"] = engine.Waiting;
            health["personas"] = texts.Personas.Count;
            health["resident"] = store.Resident.Count;
            health["not_served"] = Texts(problems);
            health["warnings"] = Texts(store.Warnings);
            texts.Describe(health);
        }

        return JsonResponse.WriteAsync(http, 200, health);
    }

    internal async Task LoadAsync(HttpContext http)
    {
        string name = await NameAsync(http).ConfigureAwait(false);
        try
        {
            await texts.LoadAsync(name, http.RequestAborted).ConfigureAwait(false);
        }
        catch (PeftException error) when (error.Id != RuleIds.MachineLost)
        {
            throw new ProtocolException(400, null, error.Message);
        }

        await JsonResponse.WriteAsync(http, 200, new JsonObject { ["message"] = $"The adapter '{name}' is served." }).ConfigureAwait(false);
    }

    internal async Task UnloadAsync(HttpContext http)
    {
        string name = await NameAsync(http).ConfigureAwait(false);
        if (!await texts.UnloadAsync(name).ConfigureAwait(false))
        {
            throw new ProtocolException(404, "model_not_found", $"There is no adapter '{name}'. GET /v1/models lists those that there are.");
        }

        await JsonResponse.WriteAsync(http, 200, new JsonObject { ["message"] = $"The adapter '{name}' is no longer served." }).ConfigureAwait(false);
    }

    private async Task<string> NameAsync(HttpContext http)
    {
        if (!options.Value.AllowAdapterUpdates)
        {
            throw new ProtocolException(403, null, "This server does not load adapters for its clients. Its owner can set AllowAdapterUpdates.");
        }

        RequestBody body = RequestBody.Parse(await BodyBytes.ReadAsync(http, MaxBody, http.RequestAborted).ConfigureAwait(false));
        string name = body.Text("lora_name") ?? "";
        if (!PersonaName.IsValid(name))
        {
            body.Note("lora_name", $"is '{UntrustedText.Shown(name)}'. {PersonaName.Rule}");
        }

        if (body.Text("lora_path") is { } path && path != name)
        {
            body.Note("lora_path", "must be the name, because adapters come from the server's own directory only");
        }

        body.ThrowIfWrong();
        return name;
    }

    /// <summary>Texts by names, in the order of the names.</summary>
    internal static JsonObject Texts(IReadOnlyDictionary<string, string> entries) =>
        new(entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private static JsonObject Entry(string name) => new()
    {
        ["id"] = name,
        ["object"] = "model",
        ["created"] = Started.ToUnixTimeSeconds(),
        ["owned_by"] = "peft.declarative",
    };
}
