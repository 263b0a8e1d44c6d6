// expect: PEFT303 at "down_proj"
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4, ModulesToSave = ["down_proj"])] [Quantize] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
