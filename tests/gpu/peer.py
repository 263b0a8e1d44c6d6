"""The training of the speed checks with Hugging Face PEFT: LoRA r=8 on q_proj and v_proj of a Llama of a billion random parameters."""

import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import BitsAndBytesConfig, LlamaConfig, LlamaForCausalLM

BATCH, TIME, WARM_UP, STEPS = 4, 1024, 3, 10


def shape(rehearsal):
    if rehearsal:
        return LlamaConfig(vocab_size=48, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=48)
    return LlamaConfig(
        vocab_size=32_000, hidden_size=2048, num_hidden_layers=22, num_attention_heads=32, num_key_value_heads=4, intermediate_size=5632,
        max_position_embeddings=2048)


def measure(name, model, device, length, steps):
    model = get_peft_model(model, LoraConfig(r=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM"))
    model.train()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4)
    ids = torch.randint(0, model.config.vocab_size, (BATCH, length), device=device)
    synchronize = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    for step in range(WARM_UP + steps):
        if step == WARM_UP:
            synchronize()
            start = time.perf_counter()
        model(input_ids=ids, labels=ids).loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
    synchronize()
    pace = steps * BATCH * length / (time.perf_counter() - start)
    memory = f"{torch.cuda.max_memory_reserved() / 2**20:.0f} MiB reserved" if device == "cuda" else "memory not measured on a CPU"
    print(f"peer  {name}: {pace:.0f} tokens/s at {BATCH} x {length}, {memory}", flush=True)


def main():
    device = sys.argv[1] if len(sys.argv) > 1 else "cuda"
    rehearsal = device == "cpu"
    length, steps = (16, 2) if rehearsal else (TIME, STEPS)
    model = LlamaForCausalLM(shape(rehearsal)).to(device=device, dtype=torch.bfloat16)
    measure("training", model, device, length, steps)
    if rehearsal:
        return
    try:
        import bitsandbytes  # noqa: F401
    except ImportError:
        print("skip  peer qlora: bitsandbytes is not installed")
        return
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.get_base_model().save_pretrained(folder)
        del model
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        quantized = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
        measure("qlora", LlamaForCausalLM.from_pretrained(folder, quantization_config=quantized, device_map={"": 0}), device, length, steps)


main()
