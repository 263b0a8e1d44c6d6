// expect: PEFT007 at BaseConfig
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
